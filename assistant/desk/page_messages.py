"""What stands on the desk's pages."""

from __future__ import annotations

import datetime as dt

DESK = "窗口工作台"
LOGIN, LOGIN_NAME, PASSWORD, LOGOUT = "登录", "登录名", "密码", "退出登录"
SETUP, NEW_PASSWORD, DISPLAY_NAME, SET_PASSWORD = "设置密码", "新密码", "姓名（同事看到的）", "设置"
SETUP_FIRST = "建立管理员账号"
SETUP_DONE = "密码设好了，请登录。"
TAB_ASK, TAB_TICKETS, TAB_CURATED, TAB_FILES, TAB_FIGURES, TAB_PEOPLE = (
    "办事问答", "工单", "审定答案", "文件", "统计", "账号与记录",
)  # fmt: skip
YOUR_QUESTION, ASK, DAY = "来访者的问题（回车提问）", "查", "问哪一天的规定（空着就是今天）"
ANSWER_EDITABLE = "答复（可以改，右上角可复制）"
PRINT_SLIP = "打印办理告知单"
EVIDENCE, OUT_OF_FORCE, DROPPED = "依据（按把握排）", "因日期没有采用的", "核对不上、没有采用的句子"
SURENESS = "把握"
NO_EVIDENCE = "没有找到相近的段落。"
WHICH, WORDS, REFRESH = "看哪些", "找（问题、答复、编号）", "刷新"
NEW, MINE, LATE, ALL = "没人接的", "我的", "超时的", "全部"
TICKETS, CONVERSATION, REPLY_TO_VISITOR = "工单", "对话和当时的依据", "给来访者的答复"
TAKE, RELEASE, CLOSE, REOPEN, SEND, CURATE = "领取", "退回", "关闭", "重新打开", "答复来访者", "收进审定答案"
PASS_ON, PASS_ON_TO = "转给", "转给谁"
DONE = "已办好。"
CURATED_MADE = "已写成草稿，请到“审定答案”里核对依据，由审核人员批准。"
CURATED_LIST, CURATED_NEW, SAVE, APPROVE, WITHDRAW = "审定答案", "写一条新的", "保存", "批准", "撤下"
CURATED_QUESTION, SIMILAR, NEGATIVE = "问题", "别的问法（一行一个）", "长得像但不能这样答的问题（一行一个）"
CURATED_TEXT, PASSAGES, OUTSIDE = "答复", "依据的段落编号（一行一个）", "别的出处（一行一个，名称｜文号或网址）"
FIND_PASSAGES, FIND = "按内容找段落（回车）", "点一段加进依据"
VALID_FROM, VALID_UNTIL, REVIEW_DUE, TOPIC = "从哪天起有效", "到哪天为止", "哪天复核", "主题"
STATES = {"draft": "草稿", "approved": "已批准", "review": "等复核", "withdrawn": "已撤下"}
TICKET_STATES = {"new": "没人接", "taken": "办理中", "answered": "已答复", "closed": "已关闭"}
ORIGINS = {"handoff": "转人工事项", "abstention": "没有查到", "feedback": "差评", "person": "要找人"}
CHANNELS = {"web": "网页", "desk": "窗口", "wechat": "微信", "wecom": "企业微信", "api": "接口"}
UPLOAD, CHOOSE_FILE, WAITING = "上传并预览", "选择文件", "等确认的文件"
REHEARSE, CONFIRM, DISCARD = "试跑：看会改变哪些答复", "确认上线", "不要了"
HOLDINGS, RESTORE = "已收录的文件", "恢复"
SUPERSEDED_BY, SUPERSEDED_ON = "被哪份文件代替（没有就空着）", "从哪天起废止"
FIND_DOCUMENT = "找文件（标题、文号、机关里的几个字，回车）"
TRY_WITHDRAW, TRY_SUPERSEDE, CARRY_OUT = "撤下或恢复：先试跑", "废止：先试跑", "确认，就这样办"
TRY_FIRST = "请先试跑，看会改变哪些答复。"
DEEDS = {"withdraw": "撤下", "restore": "恢复", "amend": "废止"}
SHIPPED_MARK = "自带"
CHANGES_IN_USE = "和正在用的这份有什么不同"
SHOW_PHONE = "看电话"
PREVIEW_CURATED = "看会答哪些最近的问题"
CAUGHT, KEPT_AWAY, LEFT_TO_CORPUS = "会用这条答的", "因为“不能这样答”而不答的", "收录的文件问得更近，不用这条答的"
TODAY_SAYS, HOW_SURE = "现在怎么答", "把握"
REPLY_ID, REPRODUCE = "答复编号", "重现这条答复"
NOT_RECOGNISED = "没认出"
FACTS = {"title": "标题", "issuer": "发文机关", "document_number": "文号", "effective_date": "施行日期"}
SINCE, UNTIL, COUNT, EXPORT = "从哪天", "到哪天", "统计", "下载表格"
ACCOUNTS, ROLE, CREATE_ACCOUNT, RESET_PASSWORD = "账号", "角色", "新建账号", "重设密码"
DISABLE, ENABLE, CHANGE_PASSWORD, OLD_PASSWORD = "停用", "启用", "改我的密码", "原密码"
AUDIT, VERIFY = "操作记录（最近 50 条）", "核对有没有被改动"
AUDIT_HEADER = ("时间", "谁", "做了什么", "哪条记录")
NOTHING = "没有。"
SLIP = "办理告知单"
SLIP_QUESTION, SLIP_ANSWER, SLIP_MATERIALS, SLIP_FEE, SLIP_TIME = "您问的", "答复", "要带的材料", "收费", "办理时间"
SLIP_BASIS, SLIP_DESK, SLIP_DATE, PRINT = "依据", "窗口", "日期", "打印"
SLIP_HINT = "直接在纸上改字，改好按“打印”。"
BEFORE, AFTER, NOW = "原来", "以后", "现在"
BY_DAY, BY_CHANNEL, BY_TOPIC, BY_DISTRICT = "按日", "按渠道", "按主题", "按旗县"
UNANSWERED, SLOWEST, TIMES, LAST, MS, WHEN = "答不上来的", "最慢的", "次数", "最近一次", "毫秒", "时间"
BAR_COLOURS = "绿色是已回答的，黄色是没答上的；数字是 已回答/提问。"
NO_PASSWORD_YET, IS_DISABLED, OUTCOME = "还没设密码", "已停用", "结果"
PASSAGES_READ = "读出的段落"
PHONE = "来访者的电话（领取的人才能看，看一次记一次）"
RECORD_KINDS = {
    "ticket": "工单", "curated": "审定答案", "upload": "上传", "document": "文件", "account": "账号",
    "retention": "到期删除", "session": "对话",
}  # fmt: skip
ACTIONS = {
    "ticket.open": "登记", "ticket.take": "领取", "ticket.contact": "看了电话", "ticket.release": "退回",
    "ticket.reassign": "转给别人", "ticket.answer": "答复", "ticket.close": "关闭", "ticket.reopen": "重新打开",
    "curated.create": "起草", "curated.edit": "修改", "curated.approve": "批准", "curated.review": "等复核",
    "curated.withdraw": "撤下", "upload.take": "上传", "upload.rehearse": "试跑", "upload.confirmed": "确认上线",
    "upload.discarded": "不要了", "document.withdraw": "撤下", "document.restore": "恢复", "document.amend": "改字段或废止",
    "account.create": "新建", "account.password": "设密码", "account.lock": "密码错多次被锁", "account.change": "改角色或停用",
    "account.reset": "重设密码", "login.open": "登录", "retention.forget": "按来访者要求删除", "retention.run": "到期删除",
}  # fmt: skip


def period(start: dt.date | None, end: dt.date | None) -> str:
    """Say when a text is in force; ``end`` is the first day on which it is not."""
    if start is None and end is None:
        return "一直有效"
    return f"{start or '……'} 起" + (f"，到 {end - dt.timedelta(days=1)} 止" if end else "")


def ticket_line(due: str, state: str, question: str, *, late: bool) -> str:
    """Return a ticket as one line of a list."""
    return f"{'⚠ ' if late else ''}{TICKET_STATES[state]} · {due} 前 · {question[:40]}"


def curated_line(state: str, question: str, *, review_late: bool) -> str:
    """Return a curated answer as one line of a list."""
    return f"{'⚠ 该复核了 · ' if review_late else ''}{STATES[state]} · {question[:40]}"


def rehearsed(asked: int, changed: int) -> str:
    """Say what a rehearsal found."""
    return f"试跑了 {asked} 个问题，会改变 {changed} 个答复。"


def welcome(name: str, role: str) -> str:
    """Say who is at the desk."""
    return f"{name}（{role}）"


def shares(answered: int, handed_over: int, abstained: int, asked: int) -> str:
    """Say how a period went."""
    return f"提问 {asked}，已回答 {answered}，转人工 {handed_over}，不在范围 {abstained}。"


def verdicts(up: int, down: int, tickets: int, late: int) -> str:
    """Say what visitors thought, and how much came to the desk."""
    return f"好评 {up}，差评 {down}；工单 {tickets}，其中超时 {late}。"


CHOOSE_FIRST = "请先选一项。"


def bad_day(text: str) -> str:
    """Say what a date looks like."""
    return f"日期“{text[:20]}”看不懂，应写成 2026-11-23 这样。"


def previewed(asked: int, caught: int) -> str:
    """Say what a curated answer would do."""
    return f"最近 30 天有 {asked} 个不同的问题，这条会答其中 {caught} 个。"


def would_be(deed: str, title: str) -> str:
    """Head a rehearsal of something that is not done yet."""
    return f"如果{DEEDS[deed]}《{title}》（现在还没有办，看好了再按“{CARRY_OUT}”）："
