# ruff: noqa: E501  (a row is a word in three languages)
"""The words of the pages themselves, in three languages.

Names of classes, properties and things are not here: they are labels in the graph.
"""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("en", "ru", "zh")
NAMES: Final = {"en": "English", "ru": "Русский", "zh": "中文"}

_WORDS: Final[dict[str, tuple[str, str, str]]] = {
    "type": ("type", "тип", "类型"),
    "comment": ("reason or remark", "обоснование или примечание", "理由或备注"),
    "facts": ("What is known", "Что известно", "已知信息"),
    "claims": ("What it states", "Что здесь утверждается", "其中的主张"),
    "passages": ("Passages", "Фрагменты", "文段"),
    "mentions": ("What refers to it", "Что на это ссылается", "相关条目"),
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


def words(language: str) -> dict[str, str]:
    """Return the words in *language*, one of `LANGUAGES`."""
    index = LANGUAGES.index(language)
    return {name: forms[index] for name, forms in _WORDS.items()}
