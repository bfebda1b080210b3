"""Doors for bots: WeChat Official Accounts, 企业微信 apps, the OpenAI wire format. See ``README.md`` for recipes."""
