//! A client for Meta's WhatsApp Cloud API: messages, templates, numbers, tokens, webhooks and whatsapp-info.json.
