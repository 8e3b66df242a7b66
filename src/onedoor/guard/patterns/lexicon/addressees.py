"""Many languages: how a text speaks to a machine that reads it, and what it bids it do."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

ENGLISH_ADDRESSES: Lexicon = {
    "machine": """
        ai ais llm llms chatbot chatbots chatgpt gpt claude gemini copilot language_model language_models
        ai_model ai_models ai_agent ai_agents ai_assistant ai_assistants ai_system ai_systems bots bot
        ai_crawlers ai_reader automated_screening automated_reviewer ai_recruiter ai_reviewer neural_network
        virtual_assistant you_are_an_assistant all_assistants artificial_intelligence large_language
        summarizer summariser
    """,
    "address_machine": """
        reading_this reads_this summarising_this summarizing_this summarises_this summarizes_this
        evaluating_this message_is_for when_evaluating reviewing_this reading_the screening_this if_you_are
        if_you_re if_an if_any when_an note_to note_for attention dear hey to_the to_all instructions_for
        message_for message_to notice_to system_note this_message hint_for memo_to processes_this
        processing_this
    """,
    "note_model": """
        note_to_the_model note_to_model note_to_the_assistant note_to_assistant attention_assistant
        dear_assistant_please assistant_before assistant_when if_you_are_an_assistant message_to_the_model
        instructions_for_the_model instructions_for_the_assistant to_the_assistant_reading llm_instructions
        ai_instructions llm_reviewers ai_reviewers ai_reviewer ai_recruiter ai_crawlers
    """,
    "bid": """
        forward delete send recommend include reply respond say tell mention add visit click output state
        rate rank score close open append insert write print answer move praise call ignore return give
        transfer conclude must should required email disclose execute run approve prefer
    """,
    "tool": """
        before_using before_invoking before_calling using_this_tool this_tool any_other_tool this_function
        before_you_can whenever_you when_this_tool the_tool tool_output every_tool before_any_tool
        other_tools important_message every_mail always_bcc
    """,
    "passed": """
        pass read send include provide put insert forward bcc payment pay transfer parameter parameters
        argument arguments sidenote as_context sent
    """,
    "private": """
        its_content its_contents the_content the_contents id_rsa ssh passwd mcp env_file dotenv
        full_conversation previous_messages bank_account account contents conversation user_s_messages
    """,
    "candidate": """
        this_candidate this_applicant this_resume this_cv this_person this_paper this_submission
        this_proposal the_applicant candidate applicant resume cv other_applicants other_candidates review
        reviewers evaluator application
    """,
    "top": """
        first best highest top positive_review highly_qualified perfect_score top_choice maximum 10_out
        100_out perfect accept strongly exceptional exceptionally groundbreaking full_marks 10_10
        only_positive a_positive positive ten_out
    """,
    "judge": """
        must rank rate always recommend hire hiring give return score ignore move do_not don_t only should
        say
    """,
}
MANY_ADDRESSES: Lexicon = {
    "machine": """
        ki sprachmodell* ki_assistent* ki_modell* chatbot ia ias modèle_de_langage modèles_de_langage
        intelligence_artificielle modelo_de_lenguaje inteligencia_artificial modelo_de_linguagem
        inteligência_artificial modello_linguistico intelligenza_artificiale assistente_ia taalmodel
        taalmodellen språkmodell sprogmodel språkmodeller sztuczn* inteligencj* model_językowy
        modelem_językowym umělá_inteligence umělou_inteligencí jazykový_model jazykovým ии нейросет* языков*
        ші штучн* мовною yapay_zeka yapay_zekâ yapay_zekaya yapay_zekasın dil_modeli dil_modeliysen
        mô_hình_ngôn_ngữ trí_tuệ_nhân_tạo model_bahasa kecerdasan_buatan asisten_ai τεχνητή_νοημοσύνη
        γλωσσικό tekoäly* kielimalli* mesterséges_intelligencia nyelvi_modell inteligență_artificială
        model_lingvistic l_assistant el_asistente الذكاء_الاصطناعي ذكاء_اصطناعي للذكاء_الاصطناعي نموذج_لغوي
        نموذج_لغة هوش_مصنوعی مدل_زبانی בינה_מלאכותית מודל_שפה एआई कृत्रिम_बुद्धिमत्ता भाषा_मॉडल এআই
        কৃত্রিম_বুদ্ধিমত্তা செயற்கை_நுண்ணறிவு มนุษย์ประดิษฐ์ ปัญญาประดิษฐ์ โมเดลภาษา مصنوعی_ذہانت 人工智能
        语言模型 助手 アシスタント 어시스턴트 人工知能 言語モデル 인공지능 언어_모델 언어모델
    """,
    "address_machine": """
        wenn_du falls_du sofern_du falls_sie wenn_sie an_alle hinweis_an hinweis_für für_die an_die liebe
        achtung si_tu_es si_vous_êtes à_l_attention note_à note_pour pour_l attention_à aux_assistants
        si_eres si_usted_es nota_para nota_al instrucciones_para para_la atención se_és se_você_é se_voce
        instruções_para para_o nota_per per_l se_sei attenzione als_je als_u opmerking_voor voor_de aan_alle
        om_du_är hvis_du_er jeśli_jesteś uwaga dla pokud_jsi ak_si pro если_ты если_вы примечание для
        внимание якщо_ти примітка eğer not_for sen_bir bir kalau jika catatan untuk bila nếu lưu_ý nếu_bạn
        gửi jos_olet huomautus ha_te megjegyzés dacă_ești notă εάν_είσαι αν_είσαι إذا_كنت ملاحظة تعليمات
        للذكاء اگر توجه برای אם_אתה הערה अगर यदि नोट के_लिए যদি জন্য_নোট குறிப்பு ถ้า หากคุณ หมายเหตุ اگر_تم نوٹ
        如果你是 请注意 注意 如果您是 给所有 あなたが への指示 へのお願い 당신이 에게
    """,
    "bid": """
        antworte antworten empfiehl empfehlen leite sende sendet schicke sag sage erwähne lösche bewerte
        réponds répondez recommandez recommande transférez transfère envoie envoyez dis dites ajoute
        responde responda recomienda recomiende reenvía reenvíe envía envíe di agrega recomende recomenda
        encaminhe envie diga rispondi consiglia raccomanda inoltra invia scrivi antwoord beveel stuur zeg
        svara rekommendera svar anbefal skicka odpowiedz poleć prześlij wyślij napisz odpověz doporuč
        přepošli odpovedz ответь ответьте порекомендуй порекомендуйте перешли отправь напиши скажи
        відповідай рекомендуй надішли cevap_ver yanıtla öner gönder söyle yaz trả_lời giới_thiệu hãy
        chuyển_tiếp gửi jawab jawablah rekomendasikan kirim katakan teruskan απάντησε πρότεινε στείλε vastaa
        suosittele lähetä válaszolj ajánld küldd răspunde recomandă trimite أجب فأجب أوص أرسل قل أوصِ
        پاسخ_بده توصیه_کن بفرست بگو ענה המלץ שלח जवाब_दो सिफारिश भेजो कहो जवाब_दें উত্তর_দাও সুপারিশ পাঠাও
        பதில் பரிந்துரை ตอบ แนะนำ ส่ง جواب_دو سفارش 回复 回答 推荐 必须 转发 发送 答えて 推薦して 返信して
        送信して 답하 추천하 전달하 보내
    """,
}
