from tests.web.desk.test_documents import *
def test_x(desk):
    publish(desk, regulation())
    for q in ("骆驼奶商标标识由保管员张贴几次","每箱张贴几次","骆驼奶商标标识每箱张贴几次","骆驼奶商标标识张贴后由保管员登记吗","骆驼奶","通辽市骆驼奶商标标识保管办法","保管员张贴骆驼奶商标标识每箱三次"):
        print(q,[ (p["passage_id"],p["score"]) for p in desk.browser().get("/api/v1/search",params={"query":q}).json()["passages"][:3]])
        print("   ",ask(desk.browser(),q)["text"][:60].replace("\n"," "))
