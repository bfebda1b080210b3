"""Words that name the matters of this window, and which of them a guide is about that a question never named. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.records import Document, Passage


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# A question with one of these, not yet spoken of, opens a new topic.
TOPIC_WORDS = _words("""
    地理标志 地标 专用标志 红标 证明商标 集体商标 中欧 商标 牌子 品牌 蒙字标 专利 发明 实用新型 外观 pct
    优先审查 预审 费减 减缴 年费 滞纳金 贯标 29490 56005 示范企业 优势企业 专精特新 高新技术 补贴 资助 奖励 奖补
    质押 贷款 融资 版权 著作权 软著 软件 作品 盗图 logo 商业秘密 竞业 植物新品种 品种权 新品种 种子 布图设计
    芯片 集成电路 非遗 非物质文化遗产 老手艺 祖传 代理 技术合同 成果转化 侵权 假货 仿冒 假冒 维权 行政裁决 调解
    法院 起诉 展会 海关 马德里 驰名 续展 撤三 异议 无效 复审 驳回 转让 许可 授权 规划 重点工程 知识产权 培训
    工作站 运营基金 保险 抢注 开放许可 注册 起名 牌名 ® tm标 冒牌 山寨 打假 名牌 冒用 抄袭 下架 非正常 职务发明
    惩罚性赔偿 网店 抖音 淘宝 直播 电商 保密审查 新颖性 优先权 评价报告 人才 区域公用品牌 农产品 辣椒 荞麦
    黄玉米 科尔沁牛 公证 红圈 布图 盗版 盗印 知产 秘方 方子 配方 泄密 传承人 你们窗口 你们局 咱窗口
    市场监管局 市监局 知识产权局
""")

# Words of ours that other counters use as well.
SHARED_WORDS = frozenset(
    _words("""
    高新技术 补贴 资助 奖励 奖补 质押 贷款 融资 软件 作品 种子 祖传 代理 调解 法院 起诉 展会 海关 异议 无效 复审 驳回
    转让 许可 授权 规划 培训 保险 注册 起名 侵权 维权 冒用 抄袭 下架 网店 抖音 淘宝 直播 电商 人才 农产品 公证 方子 配方
    赔偿 索赔 上诉 打官司 诉讼费 诉讼时效 律师费 律师函 公证费 鉴定费 取证 证据保全 财产保全 行为保全 和解 人民调解 行政调解 立案标准
    市场监管局 市监局 刑事 判几年 坐牢 诈骗 骗局 防骗 举报电话 窗口 窗口地址 窗口电话 平台投诉 续费 停征 减免 省钱 信用档案 保密协议 品牌 代理费 账簿
""")
)

# What is done with every kind of right: alone, such a word leaves open with which.
OPEN_WORDS = frozenset(_words("知识产权 转让 许可 授权 注册 异议 无效 复审 驳回 代理"))

# Kinds of right, and the words that name them: what is written of one is not to be said of another.
_RIGHTS = {
    "专利": re.compile(r"专利|发明|实用新型|外观|pct|专力", re.I),
    "商标": re.compile(r"商标|牌子|撤三|抢注|®"),
    "地理标志": re.compile(r"地标|地理标志|红标|专用标志|证明商标|集体商标"),
    "著作权": re.compile(r"版权|著作权|软著|软件"),
    "植物新品种": re.compile(r"品种|种子"),
    "布图设计": re.compile(r"布图|芯片|集成电路"),
    "商业秘密": re.compile(r"商业秘密|竞业|技术秘密"),
}

# Special matters within a right: a guide about one of them answers who named it, not who asked in general.
_SPECIAL = re.compile(
    "农产品地理标志|地理标志|集体商标|证明商标|专用标志|驰名|马德里|国外|PCT|优先审查|预审|开放许可|海关|展会|中欧|非正常|质押|一案双报|软件|新品种|高校"
)

_ABROAD = _words("国外 外国 海外 境外 出国 出海 国际 美国 日本 韩国 欧洲 欧盟 俄罗斯 蒙古国 英国 德国")
_SOONER = _words("快审 快道 加快 提速 快点 快些 绿色通道 插队")
_SAID_OTHERWISE = {
    "质押": ("贷款", "融资", "押", "出质"),
    "预审": _SOONER,
    "优先审查": _SOONER,
    "农产品地理标志": _words("农业地标 老地标 农产品地标 农业部"),
    "新品种": _words("品种权 授权种 育种"),
    "软件": _words("软著 程序 小程序 app"),
    "国外": _ABROAD,
    "马德里": _ABROAD,
    "一案双报": _words("双报 同时 同一天 一起 都报 两个都"),
}
_BOTH_KINDS = re.compile(r"发明.*实用新型|实用新型.*发明")
_INCLUDED = re.compile(r"（[^（）]*、[^（）]*）")


def rights_named(text: str) -> frozenset[str]:
    """Return the kinds of right that ``text`` names, by the corpus's topics."""
    return frozenset(topic for topic, words in _RIGHTS.items() if words.search(text))


def of_another_right(query: str, document: Document, passage: Passage) -> bool:
    """Return whether ``passage`` speaks of another right than those that ``query`` names (商标 for 专利)."""
    named = rights_named(query)
    if not named or document.topic not in _RIGHTS or document.topic in named:
        return False
    return not named & rights_named(f"{document.title}{passage.text}")


def more_special(query: str, document: Document) -> bool:
    """Return whether ``document`` is about a special matter that ``query`` does not name (马德里 for 商标注册).

    What a title only includes, in brackets and with others, is no matter of its own; nor are indications beside marks.
    """
    title = _INCLUDED.sub("", document.title)
    special = set(_SPECIAL.findall(title))
    if "地理标志" in rights_named(query) or len(rights_named(title)) > 1:
        special.discard("地理标志")
    if not special or ("一案双报" in special and _BOTH_KINDS.search(query)):
        return False
    others = (word for name in special for word in _SAID_OTHERWISE.get(name, ()))
    return not _any_in(query, (*special, *others, *document.aliases))


def _any_in(query: str, words: Iterable[str]) -> bool:
    query = query.lower()
    return any(word.lower() in query for word in words)
