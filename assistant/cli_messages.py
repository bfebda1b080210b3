"""What the command line says to the person at it."""

from __future__ import annotations

ERROR_PREFIX = "出错了："

CLI_HELP = "知识产权咨询助手：提问、建索引、看收录文件、开网页服务、评测。"
CLI_ASK = "问一个问题。"
CLI_SEARCH = "只看检索结果，不写回答。"
CLI_INDEX = "建索引；没有变化就不重建。"
CLI_DOCUMENTS = "列出收录的文件。"
CLI_SERVE = "打开网页和接口服务。"
CLI_EVALUATE = "评测检索或回答。"
CLI_EVALUATE_ANSWERS = "用题目文件评测回答。"
CLI_EVALUATE_RETRIEVAL = "用公开格式的题库评测检索。"
CLI_KEYS = "管理别的程序用的密钥。"
CLI_KEYS_CREATE = "新建一个密钥；密钥只显示这一次。"
CLI_KEYS_LIST = "列出所有密钥（只列编号和名字）。"
CLI_KEYS_REVOKE = "按编号停用一个密钥。"
CLI_JSON = "输出 JSON。"
CLI_INGEST = "把文件、文件夹或压缩包收进来，并更新索引。"
CLI_INGEST_PATHS = "文件、文件夹或 zip 压缩包，可以写几个"
CLI_WITHDRAW = "停用一份收进来的文件（留底，可以恢复）。"
CLI_RESTORE = "恢复一份停用的文件。"
CLI_CHECK = "检查随产品带的文件：格式、出处、日期、链接。"
_OUTCOMES = {"added": "新收", "updated": "更新", "unchanged": "没有变化", "duplicate": "重复", "failed": "没收进来"}


def no_such_path(path: str) -> str:
    """Say that a path is not there."""
    return f"没有这个文件或文件夹：{path}"


def ingested(name: str, outcome: str, title: str, passages: int, error: str) -> str:
    """Say what became of a file."""
    told = error or f"《{title}》{passages} 段"
    return f"{_OUTCOMES[outcome]:5} {name}  {told}"


def ingest_total(counts: dict[str, int]) -> str:
    """Sum up what became of the files."""
    return "合计：" + "，".join(f"{_OUTCOMES[outcome]} {count}" for outcome, count in counts.items())


def withdrawn(document_id: str) -> str:
    """Say that a document no longer answers."""
    return f"已停用 {document_id}"


def restored(document_id: str) -> str:
    """Say that a document answers again."""
    return f"已恢复 {document_id}"


def check_total(errors: int, warnings: int) -> str:
    """Sum up a corpus check."""
    return f"检查完毕：{errors} 处错误，{warnings} 处提醒。"


def key_created(key_id: str, name: str) -> str:
    """Say that a key was made; the key itself follows on a line of its own."""
    return f"已为“{name}”新建密钥，编号 {key_id}。下面这一行就是密钥，只显示这一次，请马上保存："


def key_revoked(key_id: str, name: str) -> str:
    """Say that a key no longer opens anything."""
    return f"密钥 {key_id}（{name}）已停用。"


REPORT_TITLE = "回答评测报告"
REPORT_COLUMNS = ("类别", "通过", "总数", "比例")
REPORT_CALIBRATION = "把握程度与实际答对的比例"
REPORT_FAILURES = "没有通过的题"
