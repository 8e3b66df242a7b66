"""Many languages: a model's own orders, and how one asks to have them said again."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

ASKINGS: Lexicon = {
    "brief": """
        anweisung* instruktion* systemanweisung* consignes directives instrucciones directrices instruções
        instruçoes instrucoes diretrizes istruzioni direttive instructies aanwijzingen instruktioner
        instruksjoner instruks* ohjeesi ohjeet instrukcje instrukcj* polecenia wytyczne pokyny instrukce
        inštrukcie utasítás* instrucțiuni* instrucțiunile инструкции инструкция указания інструкції вказівки
        упутства upute οδηγίες talimat* yönerge* hướng_dẫn chỉ_dẫn instruksi instruksimu arahan tagubilin
        maagizo تعليماتك تعليمات دستورالعمل دستورات הוראות ההוראות निर्देश নির্দেশ அறிவுறுத்தல் సూచనలు सूचना
        ہدایات คำสั่ง คำแนะนำ 指令 指示 지시 지침
    """,
    "prompt": """
        prompt_système prompt_del_sistema prompt_de_sistema prompt_do_sistema prompt_di_sistema
        mensaje_del_sistema mensaje_de_sistema mensagem_do_sistema messaggio_di_sistema message_système
        systeemprompt systeembericht systemprompten systemmeldingen prompt_systemowy komunikat_systemowy
        системный_промпт системного_промпта системное_сообщение системний_промпт sistem_mesajı*
        sistem_istemi* sistem_promptu lời_nhắc_hệ_thống prompt_sistem pesan_sistem رسالة_النظام موجه_النظام
        پرامپت_سیستم پیام_سیستم सिस्टम_प्रॉम्प्ट সিস্টেম_প্রম্পট พรอมต์ระบบ 系统提示词 系统提示 系統提示
        システムプロンプト 시스템_프롬프트
    """,
    "sysprompt": """
        systemprompt* systemanweisung* systemnachricht* prompt_système message_système prompt_del_sistema
        prompt_de_sistema mensaje_del_sistema prompt_do_sistema mensagem_do_sistema prompt_di_sistema
        messaggio_di_sistema systeemprompt systemmeddelande prompt_systemowy системный_промпт
        системное_сообщение системний_промпт sistem_mesajı* sistem_istemi* lời_nhắc_hệ_thống prompt_sistem
        رسالة_النظام پرامپت_سیستم सिस्टम_प्रॉम्प्ट সিস্টেম_প্রম্পট พรอมต์ระบบ 系统提示词 系统提示 系統提示
        システムプロンプト 시스템_프롬프트
    """,
    "repeat": """
        wiederhol* wiederhole répète répétez recopie recopiez repite repita repetir copia copie ripeti
        ripetere herhaal herhalen upprepa gentag gjenta toista powtórz zopakuj повтори повторите ismételd
        repetă επανάλαβε tekrarla lặp_lại ulangi ponovi كرر أعد_كتابة تکرار_کن חזור_על दोहराओ दोहराएं
        पुनरावृत्ति পুনরাবৃত্তি ทำซ้ำ ทวน 重复 复述 繰り返して 繰り返し 반복해 반복하
    """,
    "verbatim": """
        mot_pour_mot palabra_por_palabra palavra_por_palavra parola_per_parola wörtlich woord_voor_woord
        ord_för_ord ord_for_ord słowo_w_słowo dosłownie doslova дословно слово_в_слово дослівно
        kelimesi_kelimesine aynen olduğu_gibi nguyên_văn kata_demi_kata sana_sanalta szó_szerint
        cuvânt_cu_cuvânt حرفيا كلمة_بكلمة کلمه_به_کلمه מילה_במילה शब्दशः অক্ষরে_অক্ষরে คำต่อคำ 逐字 一字不差
        原封不动 そのまま 一字一句 그대로
    """,
    "above": """
        oben ci_dessus arriba anterior acima sopra hierboven ovan ovenfor yllä wyżej powyżej výše выше вище
        yukarıdaki trên di_atas fenti mai_sus أعلاه بالا למעלה ऊपर উপরের ด้านบน 上面 以上 上の 위의
    """,
    "text": """
        texte texto testo tekst текст metin metni văn_bản teks teksti szöveg النص متن טקסט पाठ পাঠ্য ข้อความ
        内容 文字 文章 텍스트 글
    """,
    "show": """
        affiche mostra mostrami mostre muéstrame dime laat_zien laat tampilkan cho_tôi_xem hiển_thị visa vis
        pokaż ukaž покажи покажите göster anzeigen zeig zeige mostrar enseña enséñame اعرض أظهر أرني
        نشان_بده نمایش_بده הצג दिखाओ दिखाइए দেখাও แสดง 显示 输出 列出
    """,
    "show_last": "zien yaz göster दिखाओ दिखाइए बताओ দেখাও 表示して 見せて 教えて 보여 알려 출력해 نشان_بده بگو دکھاؤ",
    "what": """
        quelles quels cuáles cuál quais qual quali wat welke vad hva hvad jakie jaké jakými какие каков які
        apa neler nedir gì là_gì mitkä milyen care_sunt ποιες ما_هي چیست چیه מהן क्या কী_কী คืออะไร 什么 哪些
        是什么 何ですか 무엇 뭐야 뭔가
    """,
    "your_last": "у_тебя тебе тобі instrucțiunile_tale kamu anda",
    "your": "twoje jouw jullie dina dine tus tuas twoim твои твой свой свои свої kamu awalmu bạn",
    "handed": """
        du_bekommen dir_gegeben que_tu_as_reçues que_recibiste que_te_dieron que_você_recebeu
        che_hai_ricevuto тебе_дали ты_получил тобі_дали
    """,
}
