"""Every sentence the product says to people by itself. Short, plain, true; read them aloud to a farmer."""

from __future__ import annotations

import datetime as dt

from corpus.records import Document, Kind, Status

ASSISTANT_NAME = "知识产权咨询助手"
DISCLAIMER = "本页的回答由程序从公开文件和办事指南中摘出，属于程序自动生成的内容，仅供参考；办事以受理窗口的答复为准。"
HUMAN_HELP = "要找人问：可以到当地市场监督管理局（知识产权）窗口，或者拨打 12345 政务服务热线。"
DEFAULT_DESK = "当地市场监督管理局的知识产权窗口，或 12345 政务服务热线"

GREETING = "您好！我是知识产权咨询助手，可以查商标、专利、地理标志、贯标、补贴政策和办事材料。您想问哪方面？"
THANKS = "不客气。还有别的知识产权方面的问题，可以接着问。"
IDENTITY = (
    "我是知识产权咨询助手，一个从公开文件和办事指南里找答案的程序，不是真人。我只回答知识产权方面的问题，每条回答都注明出处；"
    "答不了的会请您找窗口的工作人员。"
)
EMPTY = "没有看清您的问题。请用一两句话说说想办什么，比如“商标注册要什么材料”。"
NOT_CHINESE = "我只看得懂中文，请用中文再问一次。I can read Chinese only; please ask again in Chinese."
UNCLEAR = "是我没说清楚。您一次问一件，我好答得短一点，比如点下面的一句。还不明白，就到窗口，请工作人员当面给您讲。"
PLAIN_CHOICES = ("要多少钱", "要带什么", "去哪里办")
ELSEWHERE = "该找哪个部门，我这里查不到：我只查知识产权方面的事。打 12345 政务服务热线，说清您在哪、出了什么事，请他们告诉您找谁。"
OPEN_TOPIC = "您问的是哪一件事？请选一个，或者把事情说全一点。"
OPEN_TOPIC_CHOICES = ("商标注册", "专利申请", "地理标志")
ABSTAIN = "这个问题，我手头的文件里没有找到靠得住的依据，不能乱答。"
ABSTAIN_UNNAMED = (
    "光看这句话，我拿不准是不是知识产权方面的事。请把事情说清楚再问一次，比如是商标、专利还是地理标志。"
    "别的政务服务可以打 12345 问。"
)
MAY_BE_MEANT = (
    "光看这句话，我拿不准您问的是不是下面的事。是的话，点一下，或者照着再问一次。都不是，就请把事情说全一点；"
    "知识产权以外的事我查不了，可以打 12345 问。"
)
ABSTAIN_OFF_TOPIC = "这件事不在我能查的范围里。我只查商标、专利、地理标志、版权、贯标、补贴这些知识产权方面的事。别的政务服务可以打 12345 问。"
GOING_ON = (
    "您是接着上一个问题问的吗？是的话，回一个“是”，或者用下面这一句来问。要是另外一件事，请把事情说全再问一次；"
    "知识产权以外的事我查不了，可以打 12345 问。"
)
GOING_ON_OR_NEAR = (
    "您是接着上一个问题问的吗？是的话，回一个“是”，或者点下面第一句。要是另外一件事，看看后面有没有您要问的；都不是，就请把事情说全再问一次。"
    "知识产权以外的事我查不了，可以打 12345 问。"
)
GOES_ON_WITH = "接着“{topic}”问“{asked}”"
"""A question that goes on with another, written out to be tapped or stored; it is read back as it is written."""
CONTACT_LEFT = "电话记下了，只有接您这件事的窗口人员能看到，办完就删除。"
LONGEST_HEAD = 40
"""Of a longer question only the beginning heads its answer: whoever wrote it knows the rest."""
PERSON = "可以找窗口的工作人员。把您的事情和联系方式告诉他们，他们会接着办。"
EXPECTED_MISSING = {
    "phone": "这个电话，我手头的文件里没有，不能给您一个没核对过的号码。",
    "money": "给多少钱，我手头的文件里没有写，不能给您一个没核对过的数。",
    "fee": "这要花多少钱，我手头的文件里没有找到，不能给您一个没核对过的数。换个短一点的说法再问一次，也可以问人。",
    "opening": "几点上下班、当天办不办公，我手头的文件里没有，请先打电话问清楚再跑一趟。",
    "year": "您问的那一年，我手头的文件里没有说，我不能自己编。",
    "place": "您问的那个地方的规定，我这里没有。我这里只有国家、内蒙古和通辽的，别的地方请问那边的窗口。",
    "case": "您这件事现在办到哪一步，公开的文件里查不到，要拿申请号或受理单去查，也可以请窗口帮您查。",
    "verdict": "您这件事最后能不能成，要由管这事的部门或法院看了全部材料再定，我不能替他们说。",
    "best": "哪家好、哪家便宜，我不能替您比，也不推荐任何一家。签合同前先查清楚有没有资质。",
    "price": "这个价钱由双方商量，没有统一的数，我不能估。多问两三家，把官费和服务费分开写进合同。",
    "article": "您问的那一条原文，我手头没有，不能凭记忆说。",
    "cheat": "弄虚作假、躲避查处的办法，我不能说，这样做要担法律责任。正规该怎么办，您可以接着问。",
    "number": "您说的那个文号，我手头的文件里没有，里面写了什么、是真是假，我不能替它说。",
    "forecast": "以后会怎么变，没有公布的我不能猜。",
    "result": "规划里写的是当时定的目标，后来完成了多少，我手头的文件里没有。",
    "news": "刚公布的名单和结果，我手头的文件里没有。请到公布它的部门的网站上看，或者打电话问。",
    "statistics": "有多少人、办了多少件，这样的统计数我手头的文件里没有，不能给您一个没核对过的数。",
    "official": "管这事的人叫什么名字，我手头的文件里没有。",
    "address": "这个地址，我手头的文件里没有，不能给您一个没核对过的地方。",
}
EXAMPLES: dict[str, tuple[str, ...]] = {
    "农户": ("地标保护产品个人能申请不", "种地的能注册商标吗", "俺家辣椒能贴红标不", "买到假种子找谁"),
    "企业": ("专利费减要什么材料", "企业贯标要多长时间", "商标被驳回了几天内复审", "专利能贷款不"),
    "窗口": (
        "优先审查依据哪个办法",
        "现在商标异议期是几个月",
        "规划里质押融资的目标是多少",
        "农产品地理标志证书还有效吗",
    ),
}


def answer_part(number: int, question: str) -> str:
    """Head one of several questions answered in one reply."""
    return f"**{number}. {question if len(question) <= LONGEST_HEAD else question[:LONGEST_HEAD] + '…'}**"


def as_above(number: int) -> str:
    """Say that one of several questions has the answer that stands there already."""
    return f"看上面第 {number} 条，说的就是这个。"


def basis(text: str) -> str:
    """Say what an answer rests on."""
    return f"依据：{text}"


def expected_missing(kind: str, desk: str) -> str:
    """Say that the very thing asked for is not in the corpus, and who has it."""
    return f"{EXPECTED_MISSING[kind]}\n\n请问：{desk}。"


def gap_lead(title: str) -> str:
    """Open a handoff that rests on a gap."""
    return f"这件事要人工答复：{title}。"


def person_reply(desk: str) -> str:
    """Answer somebody who asks for a person."""
    return f"{PERSON}\n\n请找：{desk}。"


def abstention(desk: str, *, near: bool) -> str:
    """Say that the corpus has nothing, and who may; ``near`` says that questions which it does answer are offered."""
    otherwise = "相近的问题我能答几个，看看有没有您要问的；没有的话，请问：" if near else "请换个说法再问一次，或者问："
    return f"{ABSTAIN}{otherwise}{desk}。"


def plan_lead(document: Document, heading: str, *, target: bool) -> str:
    """Say, before a plan is quoted, what sort of text it is."""
    if target and document.period_start and document.period_end:
        years = f"{document.period_start.year}—{document.period_end.year} 年"
        return f"《{document.title}》（规划期 {years}）在“{heading}”里写的是**目标和打算，不是完成情况**："
    return f"《{document.title}》在“{heading}”里写到："


def notice_period_over(document: Document) -> str:
    """Say that a plan's period is over."""
    return f"《{document.title}》的规划期已于 {document.period_end} 届满（到期了），里面的数字是当时定的目标，后来完成没有，请问窗口。"


def notice_confidence() -> str:
    """Say that an answer rests on a single transcription."""
    return "这条依据是新文件，我们只对过一份抄录的文本，办事前请看国家知识产权局等官网的原文，或者问窗口。"


def notice_change(status: Status, title: str, day: dt.date, sentence: str) -> str:
    """Say that another text on the same matter is coming, or has gone."""
    if status is Status.FUTURE:
        return f"有变化：自 {day} 起，{sentence}（{title}）"
    return f"老规定不用了：“{title}”里这一项的老规定只用到 {day - dt.timedelta(days=1)}。"


def notice_future_only(title: str, day: dt.date) -> str:
    """Say that the text that fits is not in force yet."""
    return f"《{title}》自 {day} 起施行，您问的那天还没有施行。"


NEAR_QUESTIONS = "相近的问题："
NOTICE_ALONE = "这是按单独的一件事答的。要是接着上一个问题问的，点下面第一句，或者照着再问一次。"
NOTICE_RIVALS = "不一定正好是您要问的那件事。要是不对，请看相近的问题，或者问窗口的工作人员。"


def notice_degraded() -> str:
    """Say that the chat model failed and the extractive answer was given."""
    return "帮着把话说通俗的程序这会儿用不了，下面是从文件里原样摘出来的。"


QUERY_EMPTY = "请输入问题。"


def query_too_long(found: int, wanted: int) -> str:
    """Say how long a question may be."""
    return f"问题太长了：收到 {found} 个字，最多 {wanted} 个字，请说得短一些。"


ERROR_PREFIX = "出错了："
INDEX_NOT_READY = "索引还没有建好或已损坏，请运行 python -m assistant index"
CORPUS_BROKEN = "文件读不了"
_STAGES = {"terms": "建词语索引", "vectors": "建向量索引", "questions": "登记常见问法", "sections": "读懂各节内容"}


def index_stage(stage: str) -> str:
    """Name a stage of building the index."""
    return _STAGES.get(stage, stage)


def index_built(documents: int, passages: int) -> str:
    """Say what the index holds."""
    return f"索引可用：{documents} 份文件，{passages} 个段落。"


def bad_setting(name: str, why: str) -> str:
    """Say which setting is wrong, and why."""
    return f"设置 ASSISTANT_{name.upper()} 不对：{why}"


def bad_date(found: str) -> str:
    """Say what a date looks like."""
    return f"日期“{found}”看不懂，应写成 2026-11-23 这样。"


def port_in_use(host: str, port: int) -> str:
    """Say that the port is taken and what to do."""
    return f"{host}:{port} 已经被别的程序占用，请换一个端口，例如 make run PORT={port + 1}"


def serving(url: str) -> str:
    """Say where the page is."""
    return f"已启动，请在浏览器打开 {url}"


def notice_line(notice: str) -> str:
    """Return a notice as a line of text."""
    return f"提醒：{notice}"


def choice_line(choice: str) -> str:
    """Return a question that may be asked instead as a line of text."""
    return f"· {choice}"


ERROR_FIELD = "请求里有一项填得不对，请改好再试。"
ERROR_MALFORMED = "请求的格式不对，应为 JSON。"
ERROR_NOT_FOUND = "没有找到这个内容，请检查链接。"
ERROR_LOADING = "系统正在准备，请过几秒再试。"
ERROR_INDEX_FAILED = "索引没能打开，暂时不能回答问题，请联系管理员。要办事可以先打 12345 问。"
ERROR_CONFLICT = "现在不能这样改：内容已有变化，请刷新后再试。"
ERROR_RATE = "问得太快了，请稍等一会儿再问。"
ERROR_ACCESS = "没有权限，请检查密钥或先登录。"
ERROR_STALE = "别人刚改过这条记录，请刷新后再改。"
ERROR_METHOD = "这个地址不支持这种请求方式。"
ERROR_TOO_LARGE = "内容太大了，请减小后再试。"
ERROR_MEDIA_TYPE = "不支持这种内容格式。"
ERROR_INTERNAL = "系统出了点问题，已经记录下来，请稍后再试。"


def field_error(fields: list[str]) -> str:
    """Say which field of a request is wrong; the question itself gets a sentence of its own."""
    if any(field.endswith("query") for field in fields):
        return "问题不能为空，也不能超过 500 个字。"
    return ERROR_FIELD


API_TITLE = "知识产权咨询助手 · 接口说明"
PAGE_SUBTITLE = "通辽市 · 商标、专利、地理标志、补贴、办事材料"
PAGE_NOTICE = "回答由程序自动生成，都注明出处，仅供参考，办事以窗口答复为准。"
PAGE_WELCOME = "您想办什么、想问什么，在下面的框里用平常话写，比如："
CONVERSATION = "问答记录"
BADGES = {"answer": "有依据的回答", "handoff": "请人工答复"}
COPY, COPIED, HELPFUL, UNHELPFUL = "复制", "已复制", "有用", "没帮上"
VISITOR_SAID, ASSISTANT_SAID = "您问", "助手答"
LOOKING = "正在查……"
SOURCES = "出处（点开看原文）"
OPEN_SOURCE = "打开全文，看这一段 →"
ASK_PLACEHOLDER = "在这里写您的问题"
ASK_LABEL = "您的问题"
ASK_BUTTON = "提问"
LARGE_TEXT = "大字"
PRINT = "打印"
PRINTED = "打印日期"
CLOSE = "关闭"
CONNECTION_LOST = "网络断了，或者服务没有开，请稍后再试。"
NEW_SESSION = "重新开始"
CALL_PERSON = "转人工"
ASK_NEXT = "接着可以问："
CHOOSE = "点一个："
FEEDBACK_THANKS = "谢谢您的评价，我们会据此改进。"
FEEDBACK_REASON = "哪里不好？（选一项，我们会查）"
FEEDBACK_REASONS = {
    "答错了": "wrong",
    "规定过时了": "outdated",
    "出处不对": "wrong_citation",
    "看不懂": "unclear",
    "其他": "other",
}
LINKS = "收录的文件"
CITED_HERE = "回答引用的就是这一段"
KIND_WORDS = {
    Kind.GUIDE: "办事指南", Kind.POLICY: "政策文件", Kind.PLAN: "规划", Kind.LAW: "法律法规", Kind.CURATED: "窗口审定的答复",
    Kind.GAP: "没有收录的事",
}  # fmt: skip
KIND_NOTES = {Kind.GAP: "这些事，本助手知道自己没有收录，会请您问窗口；页面里写了已经知道什么、该去问谁。"}
NO_TOPIC = "其他"


def documents_found(count: int, total: int, query: str) -> str:
    """Say how many documents a list shows."""
    if not query:
        return f"一共 {total} 份。"
    return (
        f"名称里有“{query}”的 {count} 份，一共 {total} 份。" if count else f"没有名称里有“{query}”的文件，换个词试试。"
    )


def audience_tab(audience: str) -> str:
    """Head the questions that one audience often asks."""
    return f"{audience}常问"


def reply_footer(day: dt.date) -> str:
    """Say of which day's law a reply speaks, and that a program wrote it."""
    return f"按 {day.year}年{day.month}月{day.day}日 有效的规定 · 程序自动生成，仅供参考"


def ticket_line(ticket_id: str) -> str:
    """Say that a person will look, and how to hear of it."""
    return f"已登记，编号 {ticket_id}。窗口答复后，用这台手机或电脑再打开本页就能看到。想让窗口打电话给您，把手机号发在这里。"
