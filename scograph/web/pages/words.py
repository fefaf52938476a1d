"""The words of the pages themselves, in three languages.

Citations of classes, properties and things are not here: they are labels in the graph.
"""

# ruff: noqa: E501  (a row is a word in three languages)

from __future__ import annotations

from typing import Final

from scograph.rdf.namespaces import OWL, RDFS

LANGUAGES: Final = ("en", "ru", "zh")
NAMES: Final = {"en": "English", "ru": "Русский", "zh": "中文"}

_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "type": ("type", "тип", "类型"),
    "comment": ("reason or remark", "обоснование или примечание", "理由或备注"),
    "facts": ("What is known", "Что известно", "已知信息"),
    "claims": ("What it states", "Что здесь утверждается", "其中的主张"),
    "passages": ("Passages", "Фрагменты", "文段"),
    "mentions": ("What refers to it", "Что на это ссылается", "相关条目"),
    "all_mentions": ("There is more: ask for all", "Это не всё: запросить всё", "还有更多：查询全部"),
    "evidence": ("Evidence", "Основание", "依据"),
    "reference": ("reference data", "справочные данные", "参考数据"),
    "described": ("description of the record", "описание записи", "记录描述"),
    "inferred": ("follows by reasoning", "следует по правилам вывода", "推理得出"),
    "concluded": ("curator's inference", "вывод куратора", "编纂者推断"),
    "rejected": ("not adopted", "не принято", "未采纳"),
    "no_claim": ("carries no claim", "не содержит утверждений", "不含主张"),
    "open_source": ("open the source at this sentence", "открыть источник на этом предложении", "在来源中打开此句"),
    "data": ("Data", "Данные", "数据"),
    "search": ("Search", "Поиск", "搜索"),
    "search_hint": ("a person, a place, a topic ...", "человек, место, тема …", "人物、地点、主题……"),
    "nothing": ("Nothing is called so.", "Ничего с таким названием нет.", "没有匹配的条目。"),
    "query": ("Query", "Запрос", "查询"),
    "queries": ("Questions", "Вопросы", "问题"),
    "run": ("Run", "Выполнить", "运行"),
    "rows": ("rows", "строк", "行"),
    "empty": ("No rows: nothing in the graph fits.", "Нет строк: ничего подходящего.", "没有结果。"),
    "ontology": ("Ontology", "Онтология", "本体"),
    "download": ("Download", "Загрузка", "下载"),
    "classes": ("Classes", "Классы", "类"),
    "properties": ("Properties", "Свойства", "属性"),
    "values": ("Values", "Значения", "取值"),
    "example": ("Example", "Пример", "示例"),
    "browse": ("Browse", "Обзор", "浏览"),
    "release": ("Release", "Выпуск", "版本"),
    "paragraph": ("paragraph", "абзац", "段"),
    "sentence": ("sentence", "предложение", "句"),
    "triples": ("triples", "троек", "三元组"),
    "corrections": ("Corrections", "Исправления", "更正"),
    "explain": ("Why?", "Почему?", "为什么？"),
    "explanation": ("Explanation", "Объяснение", "解释"),
    "explain_lead": ("Name a triple, and see why the graph holds it: which sentences state or contradict it, what a curator concludes, by which rules it follows from what.", "Назовите тройку — и увидите, почему она есть в графе: какие предложения её утверждают или оспаривают, что заключает куратор, по каким правилам и из чего она следует.", "给出一个三元组，即可了解图谱为何包含它：哪些句子陈述它或与之矛盾，编纂者作何推断，它依据哪些规则、从哪些事实得出。"),
    "ask_why": ("Ask about another triple", "Спросить о другой тройке", "询问另一个三元组"),
    "why": ("why?", "почему?", "为何？"),
    "subject": ("Subject", "Субъект", "主语"),
    "predicate": ("Property", "Свойство", "属性"),
    "object": ("Value", "Значение", "值"),
    "name_hint": ("Each is a name as on the pages, a prefixed name or an IRI; the value may be a text, a number or a date.", "Каждая часть — название, как на страницах, имя с префиксом или IRI; значением может быть и текст, число или дата.", "每一项可以是页面上的名称、带前缀的名称或 IRI；值也可以是文本、数字或日期。"),
    "examples": ("For example", "Например", "例如"),
    "by_rule": ("follows by rule", "следует по правилу", "按规则得出"),
    "by_curator": ("a curator concludes it", "заключение куратора", "编纂者推断"),
    "by_source": ("a source states it", "утверждает источник", "来源陈述"),
    "by_dispute": ("sources disagree on it", "источники расходятся", "来源说法不一"),
    "stated_by": ("Stated by", "Кто это утверждает", "陈述者"),
    "contradicted_by": ("Contradicted by", "Кто утверждает иное", "与之矛盾者"),
    "concluded_by": ("Concluded by a curator", "Заключение куратора", "编纂者推断"),
    "rests_on": ("It rests on", "Опирается на", "其依据"),
    "stands_in": ("Stands in", "Где записано", "载于"),
    "follows": ("Follows by rule", "Следует по правилу", "按规则得出"),
    "from_these": ("from these facts", "из этих фактов", "依据以下事实"),
    "axiom": ("axiom", "аксиома", "公理"),
    "of_language": ("holds of the language itself", "верно для самого языка", "由语言本身规定"),
    "told_above": ("explained above", "объяснено выше", "见上文"),
    "told_there": ("explained on its own page", "объяснено на отдельной странице", "见其单独页面"),
    "rule": ("rule", "правило", "规则"),
    "adopted": ("adopted", "принято", "已采纳"),
    "fact_not_adopted": ("The adopted graph does not hold this.", "Принятый граф этого не содержит.", "已采纳的图谱不含此说。"),
    "version_not_adopted": ("The graph does not adopt this: it is one version among several on which sources disagree.", "Граф этого не принимает: это одна из версий, в которых источники расходятся.", "图谱未采纳此说：这是来源说法不一的若干版本之一。"),
    "dispute_on": ("dispute", "расхождение", "争议点"),
    "not_held": ("No graph of this release says so.", "Ни один граф этого выпуска так не говорит.", "本版本中没有任何图谱这样说。"),
    "unknown_name": ("Nothing in this release is called so:", "В этом выпуске ничто так не называется:", "本版本中没有此名称："),
    "held_instead": ("What it says instead", "Что он говорит вместо этого", "图谱中的说法"),
    "several": ("That fits several triples. Which one is meant?", "Этому соответствует несколько троек. Какая имеется в виду?", "有多个三元组符合。您指的是哪一个？"),
    "not_whole": ("Fill in all three fields.", "Заполните все три поля.", "请填写全部三项。"),
    "graph_ontology": ("the ontology", "онтология", "本体"),
    "graph_topics": ("the topics", "список тем", "主题表"),
    "graph_shapes": ("the shapes", "формы проверки", "校验规则"),
    "graph_reference": ("the reference data", "справочные данные", "参考数据"),
    "graph_sources": ("the description of the sources", "описание источников", "来源描述"),
    "graph_curation": ("the description of inferences and disputes", "описание выводов и расхождений", "推断与争议的描述"),
    "graph_evidence": ("the evidence: the passage or inference describes the thing", "связь с источником: фрагмент или вывод описывает предмет", "依据：该文段或推断描述此条目"),
    "graph_release": ("the description of the release", "описание выпуска", "版本描述"),
    "rules": ("Rules", "Правила", "规则"),
    "rules_lead": ("What follows in this graph follows by these rules; every explanation names those that it uses.", "Всё, что в этом графе выведено, следует по этим правилам; каждое объяснение называет те, на которые опирается.", "图谱中推理得出的一切均依据这些规则；每个解释都会指明所用的规则。"),
    "rules_own": ("Rules of this dataset", "Правила этого набора данных", "本数据集的规则"),
    "rules_table_4": ("Equality", "Равенство", "相等"),
    "rules_table_5": ("Axioms about properties", "Аксиомы о свойствах", "属性公理"),
    "rules_table_6": ("Classes", "Классы", "类"),
    "rules_table_7": ("Class axioms", "Аксиомы о классах", "类公理"),
    "rules_table_8": ("Datatypes", "Типы данных", "数据类型"),
    "rules_table_9": ("Schema vocabulary", "Словарь схемы", "模式词汇"),
    "contradiction": ("contradiction", "противоречие", "矛盾"),
    "finds_contradiction": ("What fits this rule is a contradiction.", "То, что подходит под это правило, — противоречие.", "符合此规则的即为矛盾。"),
    "origin": ("From", "Откуда", "出处"),
    "event": ("events", "события", "活动"),
    "person": ("people", "люди", "人物"),
    "agreement": ("documents", "документы", "文件"),
    "organisation": ("organisations", "организации", "组织"),
    "region": ("regions", "регионы", "地区"),
    "state": ("states", "государства", "国家"),
    "settlement": ("cities", "города", "城市"),
    "source": ("sources", "источники", "来源"),
    "dispute": ("disputes", "расхождения", "争议点"),
}  # fmt: skip

# What the terms of RDF, RDFS and OWL are called; those of a dataset have labels in its graph.
_TERMS: Final[dict[str, tuple[str, str, str]]] = {
    RDFS + "subClassOf": ("is a kind of", "есть разновидность", "是一种"),
    RDFS + "subPropertyOf": ("is a special case of", "есть частный случай", "特化自"),
    RDFS + "domain": ("is a property of", "есть свойство", "用于描述"),
    RDFS + "range": ("has as values", "принимает значения", "取值为"),
    RDFS + "label": ("label", "название", "标签"),
    OWL + "sameAs": ("is the same as", "то же, что", "等同于"),
    OWL + "differentFrom": ("differs from", "не то же, что", "不同于"),
    OWL + "inverseOf": ("is the inverse of", "обратно к", "的逆属性为"),
    OWL + "equivalentClass": ("is the same class as", "тот же класс, что", "等价于类"),
    OWL + "equivalentProperty": ("is the same property as", "то же свойство, что", "等价于属性"),
    OWL + "disjointWith": ("has nothing in common with", "не пересекается с", "不相交于"),
    OWL + "propertyChainAxiom": ("stands for the chain", "заменяет цепочку", "代表属性链"),
    OWL + "TransitiveProperty": ("transitive property", "транзитивное свойство", "传递属性"),
    OWL + "SymmetricProperty": ("symmetric property", "симметричное свойство", "对称属性"),
    OWL + "FunctionalProperty": ("property with one value", "свойство с одним значением", "函数属性"),
    OWL + "ObjectProperty": ("property between things", "свойство-связь", "对象属性"),
    OWL + "DatatypeProperty": ("property with plain values", "свойство-величина", "数据属性"),
    OWL + "Class": ("class", "класс", "类"),
}  # fmt: skip


def terms(language: str) -> dict[str, str]:
    """Return what terms of the language itself are called in *language*, by IRI."""
    index = LANGUAGES.index(language)
    return {iri: forms[index] for iri, forms in _TERMS.items()}


def words(language: str) -> dict[str, str]:
    """Return the words in *language*, one of `LANGUAGES`."""
    index = LANGUAGES.index(language)
    return {name: forms[index] for name, forms in _WORDS.items()}
