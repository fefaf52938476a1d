"""An oracle that is not the engine: queries by the dice, judged by rdflib and by Comunica.

``python -m tests.oracle 20000`` judges as many queries, and prints what differs, made small;
`tests/test_oracle.py` judges some hundreds. In the order in which a case passes through: `dice`
chooses, `queries`, `patterns`, `paths`, `expressions` and `constants` make a case (`cases`) of it,
`engines` asks for answers (`answering`, ``comunica.js``), `comparing` says which are the same,
`faults` who is to be believed, `judging` does all of that.
"""
