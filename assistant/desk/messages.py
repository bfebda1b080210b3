"""What the desk says by itself, to visitors and to staff."""

from __future__ import annotations

BADGE_STAFF = "窗口答复"
BADGE_CURATED = "窗口审定"


def staff_answer(question: str) -> str:
    """Head the answer that a person at the desk gave."""
    return f"您问过“{question}”，窗口工作人员的答复："


PASSWORD_TOO_EASY = "这个密码太容易猜：不要用登录名，也不要总重复几个字符。"
NAME_RULE = "登录名用 2 到 32 个小写字母、数字、点、横线或下划线，以字母或数字开头。"
NAME_TAKEN = "这个登录名已经有人用了。"
WRONG_PASSWORD = "原来的密码不对。"
WRONG_LOGIN = "登录名或密码不对。"
LOGIN_IS_OVER = "登录已经结束，请重新登录。"
LINK_IS_OVER = "这个链接已经用过或过期了，请向管理员再要一个。"
CLI_ACCOUNTS = "窗口账号：新建、重置、停用、列出。"
CLI_ACCOUNTS_CREATE = "新建账号，并给出一次性的设置密码链接。"
CLI_ACCOUNTS_RESET = "取消原密码，并给出一次性的设置密码链接。"
CLI_ACCOUNTS_DISABLE = "停用账号，立即退出登录。"
CLI_ACCOUNTS_LIST = "列出账号。"
CLI_AUDIT = "操作记录。"
CLI_AUDIT_REPLY = "重现一条答复：当时的问题、依据和版本，今天再问会怎么答。"
CLI_AUDIT_VERIFY = "核对操作记录有没有被改动。"
ROLES = {"clerk": "窗口人员", "editor": "审核人员", "admin": "管理员"}


def password_length(least: int, most: int) -> str:
    """Say how long a password must be."""
    return f"密码要有 {least} 到 {most} 个字符。"


def setup_link(url: str) -> str:
    """Say where the password is set."""
    return f"请在 24 小时内打开这个链接设置密码（只能用一次）：{url}"


def first_start(url: str) -> str:
    """Say where the first administrator is made."""
    return f"还没有管理员账号。请在 24 小时内打开这个链接建立（只能用一次）：{url}"


def account_disabled(name: str) -> str:
    """Say that somebody may no longer come in."""
    return f"账号 {name} 已停用。"


def audit_fine(count: int, head: str) -> str:
    """Say that nothing was changed."""
    return f"操作记录完整：共 {count} 条，链尾 {head[:16]}。"


def audit_broken(number: int) -> str:
    """Say where something was changed."""
    return f"操作记录从第 {number} 条起对不上，可能被改动过。"


CURATED_CONTRADICTS = "同一个问法不能既要回答又不许回答。"
CURATED_DATES = "有效期的开始不能晚于结束。"
CURATED_NO_SOURCE = "没有写依据，不能批准。请选一段收录的文件，或者写明出处。"
CURATED_EXPIRED = "有效期已经过了，请先改日期再批准。"


def curated_question(most: int) -> str:
    """Say how long a question may be."""
    return f"问题要写，最多 {most} 个字。"


def curated_questions(most: int, most_chars: int) -> str:
    """Say how many ways of asking there may be."""
    return f"各种问法合起来最多 {most} 个，每个最多 {most_chars} 个字。"


def curated_text(most: int) -> str:
    """Say how long an answer may be."""
    return f"答复要写，最多 {most} 个字。"


def curated_sources(most: int) -> str:
    """Say how many sources there may be."""
    return f"依据最多写 {most} 条。"


def source_words(title: str, locator: str, reference: str) -> str:
    """Name a source."""
    return f"《{title}》{locator}" if locator else f"{title}{f'（{reference}）' if reference else ''}"


def curated_basis(sources: list[str]) -> str:
    """Say what a curated answer rests on, and that people stand behind it."""
    return f"依据：{'；'.join(sources)}。本条由窗口人员审定。"


CURATED_GROUND_MOVED = "它引用的文件已经变了或停用了，请重新选依据再批准。"
STAFF_SOURCE = "窗口工作人员答复"


def answer_length(most: int) -> str:
    """Say how long an answer to a visitor may be."""
    return f"答复要写，最多 {most} 个字。"


LOGIN_FIRST = "请先登录。"
TICKET_NOT_ANSWERED = "这张工单还没有答复，先答复再收进审定答案。"

NO_ISSUER = "没有认出发文机关。"
NO_NUMBER = "没有认出文号。"
NO_DATES = "没有认出日期，上线后会当作一直有效。"
READ_BY_OCR = "有内容是从图片认出来的，请逐段核对。"
FEW_PASSAGES = "只切出了一段或没有切出段落，请看是否读全了。"
NEW_VERSION = "收录里已有这份文件，确认后作为新版本。"
DOCUMENT_IS_SHIPPED = "程序自带一份同编号的文件，确认后以您上传的这份为准。"
SAME_FILE = "同样内容的文件已经收录过。"
NOT_REHEARSED = "上线前要先试跑：看看会改变哪些答复。"
INDEX_BUSY = "别的程序正在更新索引，请稍等再试。"


def wrong_amendment(why: str) -> str:
    """Say that a correction of a document cannot be."""
    return f"这样改不行：{why}"


_UNREADABLE = {
    "UnsupportedFormatError": "这种文件读不了。可以传 Word、PDF、OFD、Excel、网页、Markdown 或纯文本。",
    "FileTooLargeError": "文件太大了，最多 50 MB。",
    "EmptyFileError": "文件里没有文字。",
    "EncryptedFileError": "文件加了密码，请先取消密码再传。",
    "ScannedFileError": "这是扫描件，没有文字可读，请传有文字的版本。",
    "UnsafeArchiveError": "压缩包有问题（解开后过大，或文件名越出文件夹），没有收。",
    "ConverterMissingError": "这种旧格式要先另存为 docx 再传。",
}


def unreadable(error_name: str) -> str:
    """Say why a file was not taken in."""
    return _UNREADABLE.get(error_name, "文件坏了或格式不对，读不了。")


ASKED, ANSWERED, HANDED_OVER, ABSTAINED = "提问", "已回答", "转人工", "不在范围"
RATED_UP, RATED_DOWN = "好评", "差评"
TICKETS_OPENED, TICKETS_ANSWERED, TICKETS_LATE = "工单", "已答复工单", "超时工单"
HOURS_TO_ANSWER, MEDIAN_MS, P95_MS = "答复用时中位数（小时）", "回答用时中位数（毫秒）", "回答用时95%分位（毫秒）"
FIGURE, VALUE, DAY, CHANNEL, TOPIC, DISTRICT = "项目", "数值", "日期", "渠道", "主题", "旗县"
QUESTION, LAST_ASKED, MILLISECONDS, MOMENT = "问题", "最近一次", "毫秒", "时间"
TABLE_TOTALS, TABLE_DAYS, TABLE_CHANNELS, TABLE_TOPICS = "总数", "按日", "按渠道", "按主题"
TABLE_DISTRICTS, TABLE_UNANSWERED, TABLE_SLOW = "按旗县", "答不上来的", "最慢的"
DELETED = "（已按期删除）"
WRONG_PERIOD = "起止日期不对：最多一年，开始不能晚于结束。"

SINCE = {"same": "没有变", "changed": "已经变了", "gone": "已经不在了"}
KINDS = {"answer": "已回答", "handoff": "转人工", "abstention": "不在范围", "clarification": "反问"}
REPRODUCED_SAME = "今天再问，答复一样。"
REPRODUCED_OTHER = "今天再问，答复不一样（[-去掉的-] {+加上的+}）："
REPRODUCED_BY_CHAT_MODEL = "当时的文字由对话模型写成；今天的不经过对话模型，字句会不同。"
REPRODUCED_WITHOUT_VERSIONS = "这条答复没有记下当时的索引和文本版本。"
REPRODUCED_TEXTS, REPRODUCED_QUOTES = "当时用到的文本：", "当时引用的段落："


def reproduced_head(question: str, as_of: str, channel: str, kind: str) -> str:
    """Say what was asked, for which day, and how it went."""
    return f"问题：{question}\n按哪一天：{as_of}　渠道：{channel}　结果：{KINDS[kind]}"


def reproduced_index(generation: str, since: str) -> str:
    """Say with which index a reply was made."""
    return f"当时的索引：{generation}（全部文本{SINCE[since]}）"


def reproduced_text(document_id: str, sha256: str, since: str) -> str:
    """Name a text of a reply, its version, and what became of it."""
    return f"  {document_id}　{sha256[:16]}　{SINCE[since]}"


def reproduced_quote(marker: int, title: str, locator: str, quote: str, since: str) -> str:
    """Quote a passage of a reply, and say what became of it."""
    return f"  [{marker}]《{title}》{locator}：{quote}（{SINCE[since]}）"


def reproduced_piece(change: str, text: str) -> str:
    """Mark what went and what came."""
    return {"added": f"{{+{text}+}}", "removed": f"[-{text}-]"}.get(change, text)
