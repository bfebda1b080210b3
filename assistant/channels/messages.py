"""What the channels say to people by themselves."""

from __future__ import annotations

from assistant import messages

WELCOME = "您好！这里是知识产权咨询助手。商标、专利、地理标志、贯标、补贴政策和办事材料，都可以直接打字问，也可以说话问。比如："
WELCOME_QUESTIONS = ("地标保护产品个人能申请不", "专利费减要什么材料", "企业贯标要多长时间")
NOT_TEXT = "图片、表情、视频、位置和文件我看不懂。请把您的问题打成字发过来，或者按住说话发语音。"
VOICE_UNCLEAR = "没听清您说的话。请再说一遍，或者打字发过来。"
BUSY = "现在问的人太多，请过一会儿再问一次。"
TOO_FAST = "您问得太快了，请稍等一会儿再问。"
CROWDED = "现在问的人多，这一条没有润色，是从文件里直接摘出来的。"
FAILED = "刚才系统出了点问题，没能答上来，请再问一次。急的话可以打 12345。"
ACK_SEND = "正在查，查好马上发给您。"
ACK_FETCH = "这个问题要多查一会儿。请过十几秒回复任意内容（比如 1）获取答案。"
STILL_WORKING = "还在查，请再过几秒回复任意内容（比如 1）获取答案。"
MORE_WAITS = "（还没完，回复 1 看下面的）"
NOTHING_WAITS = "没有等着您看的答复。要问什么，请直接打字或者说话。"
NEW_QUESTION_WAITS = "您刚才新问的问题正在查，请过十几秒回复任意内容获取答案。"
ANSWER_WAITS = "您之前等的答复也好了，回复 1 查看。"
CUT = "（内容较长，这里没有放完，点下面的链接看全文）"
ASK_NARROWER = "（内容较长，这里没有放完，请把问题问得再细一点）"
SHORT_DISCLAIMER = "由程序从公开文件中摘出，仅供参考，办事以窗口答复为准。"
CALL_PERSON_WORD = "转人工"
PERSON_CALLED = (
    "好的，已经转给窗口的工作人员。有什么要补充的，直接发到这里，他们能看到；想让窗口打电话给您，就把手机号也发过来。"
)
BACK_TO_BOT_WORD = "退出人工"
BACK_TO_BOT = "好的，现在由助手继续回答。要再找人工，请回复“转人工”。"
WITH_STAFF = "（人工服务中，助手不答复）"
NOT_TEXT_FOR_STAFF = "【访客发来图片、语音或文件：这里看不到、请到公众平台或企业微信的后台查看】"
DESK_CLOSED = "现在是下班时间，您的问题已经记下，工作人员上班后答复。急的话可以打 12345；您也可以接着问我。"
STAFF_ANSWER = "窗口工作人员答复您："

LINK_SOURCES = "全文和出处："
LINK_PAGE = "在网页上看这条答复、留电话："
PAGE_TITLE = "这次回答"
PAGE_ASKED = "您问的是"
PAGE_HELPFUL = "这个回答有用吗？"
PAGE_UP = "👍 有用"
PAGE_DOWN = "👎 没用"
PAGE_PERSON = "转人工"
PAGE_PERSON_HINT = "点一下，把这个问题交给窗口的工作人员。"
PAGE_PHONE = "想让窗口打电话给您，就留个手机号（可以不留）"
PAGE_REASON = "哪里不好？（可以不选）"


def welcome() -> str:
    """Greet somebody who has just subscribed."""
    return "\n".join((WELCOME, *(messages.choice_line(question) for question in WELCOME_QUESTIONS)))


def link_line(url: str, *, sources: bool) -> str:
    """Lead to the page of a reply; ``sources``: it has some."""
    return f"{LINK_SOURCES if sources else LINK_PAGE}{url}"


def desk_has_it(ticket_id: str, *, sends: bool) -> str:
    """Say that a question was recorded for the desk, and how the reply will come."""
    how = "工作人员答复后会发到这里" if sends else "工作人员答复后，您在这里回复任意内容就能看到"
    return f"您的问题已登记给窗口，编号 {ticket_id}，{how}。"


def offer_person() -> str:
    """Say how to reach a person from here."""
    return f"要找工作人员，请回复“{CALL_PERSON_WORD}”。"


def staff_answer(text: str, ticket_id: str) -> str:
    """Head what a member of staff wrote."""
    return f"{STAFF_ANSWER}（编号 {ticket_id}）\n{text}"


def page_person_done(ticket_id: str | None) -> str:
    """Say on the page that the desk has the question."""
    return f"已转给窗口工作人员，编号 {ticket_id}。" if ticket_id else "已转给窗口工作人员。"
