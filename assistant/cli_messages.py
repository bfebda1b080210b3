"""What the command line says to the person at it."""

from __future__ import annotations

from corpus.check import Finding, Severity
from corpus.ingest import FileReport, Outcome

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
CLI_WITHDRAW = "停用一份文件，不再用它作答（留底，可以恢复）。"
CLI_RESTORE = "恢复一份停用的文件。"
CLI_AMEND = "手工补上或改正一份文件的日期、文号、发文机关，以后的新版本也照此办理。"
CLI_DOCUMENT_ID = "文件编号，用 documents 命令看"
CLI_EFFECTIVE, CLI_REPEALED = "从哪天起施行，如 2021-06-01", "从哪天起失效，如 2027-01-01"
CLI_NUMBER, CLI_ISSUER = "文号", "发文机关"
CLI_CHECK = "检查随产品带的文件和窗口收进来的文件：格式、出处、日期、链接。"
CLI_CHECK_FOLDER, CLI_CHECK_FACTS = "随产品带的文件在哪个文件夹", "素材文件夹：查有没有照抄里面的句子"
CLI_CHECK_TABLE = "只列出收了些什么，不检查"
NOTHING_TO_AMEND = "没有写要改什么，用 --help 看能改哪几项"
_SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}
_OUTCOMES = {"added": "新收", "updated": "更新", "unchanged": "没有变化", "duplicate": "重复", "failed": "没收进来"}


def no_such_path(path: str) -> str:
    """Say that a path is not there."""
    return f"没有这个文件或文件夹：{path}"


def ingested(file: FileReport, why_not: str) -> str:
    """Say what became of a file; ``why_not`` is the reason in plain words where it was not taken in."""
    if file.outcome is Outcome.DUPLICATE:
        told = "同一批文件里已经有这一份"
    elif file.error is not None:
        told = f"{why_not}（{file.error}）"
    else:
        told = f"《{file.title}》{file.passages} 段，编号 {file.document_id}"
    return f"{_OUTCOMES[file.outcome.value]}  {file.name}  {told}"


def no_such_document(document_id: str) -> str:
    """Say that there is no document of that id."""
    return f"没有编号是 {document_id[:80]} 的文件，用 documents 命令看编号"


def finding(found: Finding) -> str:
    """Say what a check found."""
    return f"{_SEVERITIES[found.severity]}  {found.where}：{found.message}"


def ingest_total(counts: dict[str, int]) -> str:
    """Sum up what became of the files."""
    return "合计：" + "，".join(f"{_OUTCOMES[outcome]} {count}" for outcome, count in counts.items())


def withdrawn(document_id: str) -> str:
    """Say that a document no longer answers."""
    return f"已停用 {document_id}"


def restored(document_id: str) -> str:
    """Say that a document answers again."""
    return f"已恢复 {document_id}"


def amended(document_id: str) -> str:
    """Say that a document was corrected."""
    return f"已改好 {document_id}"


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
