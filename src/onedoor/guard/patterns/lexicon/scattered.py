"""Greek, Finnish, Hungarian, Turkish, Vietnamese, Indonesian and Malay, Tagalog, Swahili."""

from __future__ import annotations

from onedoor.guard.patterns.lexicon.terms import Lexicon

GREEK: Lexicon = {
    "ignore": """
        αγνόησε αγνοήστε αγνόησέ αγνοείστε αγνοείς ξέχασε ξεχάστε παράβλεψε παραβλέψτε μη_λάβεις
        μην_ακολουθείς διέγραψε παράκουσε παραβίασε πέταξε απόρριψε αγνοήσεις
    """,
    "prior": "προηγούμεν* παραπάνω πρότερ* αρχικ* ανωτέρω προγενέστερ* ως_τώρα μέχρι_τώρα πριν",
    "all": "όλα όλες όλους όλη κάθε",
    "everything": "όλα οτιδήποτε",
    "instruction": "οδηγί* εντολ* κανόν* κατευθυντήρι* περιορισμ* διαταγ* προτροπ* υποδείξεις",
    "prompt": "προτροπή prompt μήνυμα_συστήματος οδηγίες_συστήματος",
    "text": "κείμενο μήνυμα μηνύματα λέξεις",
    "your_last": "σου σας",
    "told": "είπαν είπα δόθηκαν έδωσαν είπε",
    "new": "νέα νέες νέος νέο ακόλουθες",
    "now": "τώρα πλέον από_εδώ",
    "show": "δείξε δείξτε αποκάλυψε αποκαλύψτε εμφάνισε εκτύπωσε επανάλαβε επαναλάβετε γράψε πες τύπωσε",
    "secret": "συστήματος κρυφ* μυστικ* εσωτερικ* αρχικ* απόρρητ* εμπιστευτικ* πλήρ* ακριβ*",
    "verbatim": "αυτολεξεί κατά_λέξη ακριβώς λέξη_προς_λέξη",
    "what": "ποιες ποια τι ποιο",
    "persona": "προσποιήσου κάνε_πως φέρσου είσαι_τώρα τώρα_είσαι ρόλο παρίστανε φαντάσου υποδύσου",
    "without": "χωρίς κανέναν κανένα δίχως",
    "limit": "περιορισμ* όρια κανόνες φίλτρα λογοκρισία ηθικ* ηθική φραγμούς",
    "unlimited": "απεριόριστ* αλογόκριτ* αφιλτράριστ*",
    "about": "εξήγησε μετάφρασε σημαίνει",
    "other": "email μέιλ λάθος λάθη αρχείο τιμολόγιο κωδικό κλειδιά",
    "above": "παραπάνω πάνω",
    "model": "βοηθέ βοηθός",
    "quiet": "κρυφά μην_αναφέρεις",
    "send": "στείλε προώθησε",
    "credential": "κωδικό κωδικούς",
    "cancel": "ακύρωσε σβήσε παράκαμψε",
    "superseded": "δεν_ισχύουν ακυρώθηκαν άκυρες καταργήθηκαν",
}
FINNISH: Lexicon = {
    "ignore": """
        unohda unohtakaa sivuuta sivuuttakaa älä_välitä älä_huomioi jätä_huomiotta ohita jätä_huomioimatta
        älä_noudata hylkää lakkaa_noudattamasta riko heitä_pois unohtaa
    """,
    "prior": "aiem* edelli* aikaisem* edeltä* yllä alkuperäis* tähänast* saamasi annetut ylläoleva* yläpuolella",
    "all": "kaikki kaiken kaikkia jokainen kaikista",
    "everything": "kaikki kaiken",
    "instruction": """
        ohjee* ohjeet ohjeita ohje käsky käskyt käskyjä määräyk* säännöt säännöistä sääntöjä sääntö* rajoitu*
        rajoitteet ohjeistu* komenno* kehotte* kehotteen
    """,
    "prompt": """
        systeemikehot* järjestelmäkehot* kehotteesi kehote kehotteen promptisi promptin prompti
        järjestelmäviesti* järjestelmäohje*
    """,
    "text": "teksti tekstin viesti viestit sanat sisältö",
    "your_last": "sinun omat omasi sinulle",
    "told": "sanottu sanoin annettu kerrottu saanut",
    "new": "uusi uudet uusia seuraava",
    "task": "tehtävä tehtäväsi ohjeet",
    "now": "nyt tästedes tästä_lähtien",
    "show": "näytä paljasta tulosta toista kerro kirjoita anna luettele siteeraa",
    "secret": """
        järjestelmä* järjestelmän salai* piilotet* sisäi* alkuperäi* luottamuksel* tarkat täydelli* salaiset
    """,
    "verbatim": "sanasta_sanaan sanatarkasti tarkalleen kokonaan",
    "what": "mikä mitkä mitä",
    "persona": "teeskentele esitä käyttäydy olet_nyt nyt_olet roolia roolissa kuvittele leiki näyttele",
    "without": "ilman vailla ei",
    "limit": "rajoituksia rajoitteita rajoja sääntöjä suodattimia sensuuria etiikkaa eettisiä moraalia moraalisia",
    "unlimited": "rajoittama* sensuroima* suodattama*",
    "about": "selitä käännä tarkoittaa",
    "other": "sähköposti* kirjoitusvirhe* virhe tiedosto* varoitu* lasku laskun salasana avaimet",
    "above": "yllä yläpuolella",
    "model": "tekoäly avustaja kielimalli",
    "quiet": "salaa älä_mainitse vaivihkaa",
    "send": "lähetä välitä",
    "credential": "salasana salasanat",
    "cancel": "poista kumoa kierrä",
    "superseded": "eivät_ole_voimassa kumottu kumotaan eivät_päde mitätöity",
}
HUNGARIAN: Lexicon = {
    "ignore": """
        hagyd_figyelmen hagyja_figyelmen hagyj_figyelmen figyelmen_kívül felejtsd felejtse felejts ne_törődj
        ne_vedd_figyelembe mellőzd hanyagold ne_kövesd dobd_el szegd_meg vesd_el
    """,
    "prior": "előző korábbi* eddigi* fenti* megelőző* eredeti* kezdeti* addigi* fent kapott előbbi*",
    "all": "összes minden mindent valamennyi mindegyik",
    "everything": "mindent minden mindenről",
    "instruction": "utasítás* szabály* parancs* irányelv* korlátozás* előírás* instrukció* útmutatás* rendelkezés*",
    "prompt": "prompt promptot promptod rendszerprompt* rendszerüzenet* rendszerutasítás*",
    "text": "szöveg* üzenet* szavak mondat*",
    "your": "saját te",
    "told": "mondtak mondtam kaptál adtak tanultál",
    "new": "új következő",
    "task": "feladat feladatod utasítások",
    "now": "most mostantól ezentúl",
    "show_last": "mutasd mutassa írd áruld fedd ismételd mondd jelenítsd nyomtasd idézd sorold tárd",
    "secret": "rendszer* titkos rejtett belső eredeti kezdeti bizalmas teljes pontos",
    "verbatim": "szóról_szóra szó_szerint pontosan teljes",
    "what": "mik milyen mi melyek",
    "persona": "tegyél_úgy viselkedj játszd mostantól_te te_most szerepet szerepét képzeld színleld tettesd",
    "without_last": "nélkül nincs nincsenek mentes semmilyen",
    "limit": "korlátok korlátozás* szabályok szűrők szűrő cenzúra etikai erkölcsi etika határok korlátai korlát",
    "unlimited": "korlátlan* cenzúrázatlan* szűretlen* korlátozatlan*",
    "about": "magyarázd fordítsd jelenti",
    "other": "email elírás* hiba hibát fájl* figyelmeztetés* számlát jelszót kulcsokat",
    "above": "fent fenti felett",
    "model": "asszisztens mesterséges_intelligencia nyelvi_modell",
    "quiet": "titokban ne_említsd feltűnés_nélkül",
    "send": "küldd továbbítsd",
    "credential": "jelszót jelszó jelszavakat",
    "cancel": "töröld kerüld_meg érvénytelenítsd",
    "superseded": "nem_érvényesek már_nem_érvényesek érvénytelen* hatályukat hatálytalan*",
}
TURKISH: Lexicon = {
    "ignore": """
        yoksay yok_say görmezden unut unutun boşver boş_ver dikkate_alma dikkate_almayın göz_ardı gözardı
        aldırma yoksayın yok_sayın uyma umursama hiçe_say çiğne at_gitsin boz
    """,
    "prior": """
        önceki öncekileri yukarıdaki* daha_önce şimdiye evvelki ilk başlangıç* mevcut eski verilen orijinal
        bundan_önceki geçmiş yukarıda
    """,
    "all": "tüm bütün her hepsini tümünü",
    "everything": "her_şeyi herşeyi her_şey hepsini",
    "instruction": "talimat* komut* yönerge* kural* emir emirleri* kısıtlama* direktif* yönlendirme* kurallar*",
    "prompt": """
        prompt promptu promptunu promptun istem istemini istemi sistem_mesajını sistem_talimat* sistem_mesajı
    """,
    "text": "metin metni mesaj* kelime* cümle* yazı*",
    "your": "senin sana sizin kendi",
    "told": "söylenen söylediğim söylediklerimi verilen verilmiş öğrendiğin söylenenleri",
    "new": "yeni aşağıdaki sıradaki",
    "task": "görev görevin talimatlar talimat",
    "now": "şimdi artık bundan_sonra bundan_böyle",
    "show_last": "göster gösterin açıkla ifşa yazdır tekrarla söyle yaz paylaş listele ver aktar tekrar",
    "secret": "sistem gizli saklı dahili iç ilk orijinal başlangıç tam eksiksiz",
    "verbatim": "kelimesi_kelimesine aynen harfiyen tam_olarak olduğu_gibi birebir",
    "what": "ne neler nedir nelerdir hangi",
    "persona": """
        gibi_davran davran rolünü rolü rol taklit artık_sen sen_artık canlandır farz_et hayal_et mış_gibi
        rolünde
    """,
    "without_last": "olmadan hiçbir yok olmayan tanımayan tanımaz sınır bağlı_değil",
    "limit": "kısıtlama* sınırlama* kural* filtre* sansür* etik ahlaki ahlak* sınır sınırları",
    "unlimited": "sınırsız* sansürsüz* filtresiz* kısıtlamasız* kuralsız* kısıtlanmamış*",
    "about": "açıklar çevir anlamı anlama",
    "other": "eposta posta yazım hata hatayı dosya* uyarı* fatura* şifre* anahtar*",
    "above": "yukarıdaki* yukarıda üstteki*",
    "model": "asistan yapay_zeka bot",
    "quiet": "gizlice bundan_bahsetme kullanıcıya_söyleme çaktırmadan",
    "send": "gönder ilet yolla",
    "credential": "şifreyi şifreleri parolayı parola şifre",
    "cancel": "sil iptal geçersiz",
    "superseded": "artık_geçerli_değil geçersiz* iptal_edildi yürürlükten kaldırıldı",
}
VIETNAMESE: Lexicon = {
    "ignore": """
        bỏ_qua phớt_lờ quên_đi quên_hết hãy_quên lờ_đi đừng_làm_theo không_tuân_theo bỏ_ngoài_tai quên_tất
        quên_mọi đừng_tuân bất_chấp vứt_bỏ phá_vỡ vi_phạm
    """,
    "prior": "trước trước_đó trước_đây ở_trên bên_trên phía_trên ban_đầu cũ đã_cho đã_nhận",
    "all": "tất_cả mọi toàn_bộ hết các",
    "everything": "mọi_thứ tất_cả_những_gì mọi_điều",
    "instruction": """
        hướng_dẫn chỉ_dẫn chỉ_thị mệnh_lệnh quy_tắc lệnh yêu_cầu giới_hạn hạn_chế quy_định lời_nhắc câu_lệnh
        nguyên_tắc
    """,
    "prompt": """
        lời_nhắc câu_lệnh_hệ prompt lệnh_hệ_thống hướng_dẫn_hệ_thống chỉ_thị_hệ_thống thông_điệp_hệ
        tin_nhắn_hệ
    """,
    "text": "văn_bản tin_nhắn nội_dung đoạn",
    "your_last": "của_bạn của_mày",
    "told": "đã_nói được_cho được_dạy đã_học đã_nhận",
    "new": "mới sau_đây",
    "now": "bây_giờ từ_bây_giờ từ_giờ",
    "show": """
        hiển_thị tiết_lộ cho_tôi_xem cho_tôi_biết in_ra lặp_lại nhắc_lại viết_ra nói_cho đọc_lại liệt_kê
        đưa_ra cho_biết
    """,
    "secret": "hệ_thống bí_mật ẩn nội_bộ ban_đầu gốc đầy_đủ chính_xác",
    "verbatim": "nguyên_văn từng_chữ chính_xác từng_từ",
    "what": "gì là_gì những_gì",
    "persona": """
        giả_vờ đóng_vai hãy_hành_động bạn_bây_giờ bây_giờ_bạn bạn_sẽ_là nhập_vai giả_làm tưởng_tượng
        từ_giờ_bạn
    """,
    "without": "không không_có không_bị chẳng_có",
    "limit": "giới_hạn hạn_chế quy_tắc bộ_lọc kiểm_duyệt đạo_đức ràng_buộc luật_lệ",
    "unlimited": "vô_hạn_chế không_bị_kiểm_duyệt không_giới_hạn không_kiểm_duyệt",
    "about": "giải_thích dịch_câu dịch_sang nghĩa_là phân_loại",
    "other": "thư_điện lỗi tệp cảnh_báo hóa_đơn mật_khẩu chìa_khóa",
    "above": "ở_trên bên_trên phía_trên",
    "model": "trợ_lý mô_hình_ngôn",
    "quiet": "bí_mật đừng_nhắc đừng_nói lén_lút",
    "send": "gửi chuyển_tiếp",
    "credential": "mật_khẩu",
    "cancel": "xóa hủy_bỏ xoá",
    "superseded": "không_còn_hiệu_lực bị_hủy hết_hiệu_lực không_còn_áp_dụng",
}
INDONESIAN_MALAY: Lexicon = {
    "ignore": """
        abaikan mengabaikan lupakan melupakan jangan_hiraukan jangan_pedulikan jangan_ikuti kesampingkan
        ketepikan jangan_patuhi tinggalkan_semua buang langgar singkirkan
    """,
    "prior": "sebelumnya sebelum terdahulu atas awal tadi asli terdahulu sebelum_ini yang_diberikan semula lama",
    "all": "semua seluruh segala setiap sekalian",
    "everything": "semuanya segalanya semua_yang segala_sesuatu",
    "instruction": """
        instruksi* arahan* perintah* aturan* panduan petunjuk* pedoman* peraturan* batasan* larangan* suruhan
    """,
    "prompt": "prompt promptmu pesan_sistem mesej_sistem arahan_sistem instruksi_sistem perintah_sistem",
    "text": "teks pesan mesej kata isi kalimat",
    "your_last": "kamu anda mu awak kau",
    "told": "diberikan dikatakan diberi diberitahu katakan dipelajari",
    "new": "baru berikut",
    "task": "tugas instruksi arahan",
    "now": "sekarang mulai_sekarang mulai",
    "show": """
        tampilkan tunjukkan ungkapkan bocorkan cetak ulangi beritahu berikan tuliskan paparkan dedahkan
        bagikan sebutkan perlihatkan katakan
    """,
    "secret": "sistem rahasia rahsia tersembunyi internal awal asli sulit lengkap dalaman",
    "verbatim": "kata_demi_kata persis secara_lengkap perkataan_demi_perkataan verbatim tepat",
    "what": "apa apakah",
    "persona": """
        berpura* pura bertindak berperan kamu_sekarang sekarang_kamu anda_sekarang sekarang_anda peran watak
        bayangkan berlakon berlagak
    """,
    "without": "tanpa tidak tiada bebas",
    "limit": "batasan batas aturan filter sensor etika moral sekatan had penapis tapisan peraturan pembatasan",
    "unlimited": "tak_terbatas tanpa_batas tanpa_sensor tanpa_filter tanpa_had",
    "about": "jelaskan terjemahkan artinya maksudnya",
    "other": "surel email kesalahan ralat file fail peringatan amaran faktur sandi laluan kunci",
    "above": "di_atas diatas",
    "model": "asisten pembantu model_bahasa",
    "quiet": "diam_diam jangan_sebut jangan_beri_tahu secara_rahasia",
    "send": "kirim kirimkan hantar hantarkan teruskan",
    "credential": "kata_sandi kata_laluan",
    "cancel": "hapus batalkan padam timpa",
    "superseded": "tidak_berlaku_lagi tidak_lagi_berlaku dibatalkan",
}
TAGALOG: Lexicon = {
    "ignore": "balewalain huwag_pansinin kalimutan huwag_sundin isantabi ipagwalang_bahala labagin itapon",
    "prior": "nakaraang naunang nauna kanina dati dating itaas nakaraan orihinal noon",
    "all": "lahat bawat buong anumang",
    "everything": "lahat_ng",
    "instruction": """
        tagubilin* utos panuto alituntunin patakaran instruksyon* direktiba mga_utos kautusan limitasyon
        paghihigpit
    """,
    "prompt": "prompt mensahe_ng_sistema system_prompt",
    "text": "teksto mensahe salita",
    "your_last": "iyong mo inyong ninyo",
    "told": "sinabi ibinigay natutunan",
    "now": "ngayon simula_ngayon mula_ngayon",
    "show": "ipakita ibunyag ilahad ulitin sabihin isulat ilabas ilantad ibahagi",
    "secret": "sistema lihim sikreto nakatagong nakatago panloob orihinal buong kumpletong",
    "verbatim": "salita_por_salita eksakto bawat_salita",
    "what": "ano anong",
    "persona": "magpanggap kumilos gumanap ikaw_ay_ngayon ikaw_na ngayon_ikaw magkunwari umarte",
    "without": "walang wala",
    "limit": "limitasyon hangganan patakaran paghihigpit filter sensura etika moral",
    "unlimited": "walang_limitasyon walang_hangganan",
    "about": "ipaliwanag isalin",
    "other": "email mali file babala resibo password susi",
    "above": "nasa_itaas itaas",
    "quiet": "palihim huwag_banggitin",
    "send": "ipadala ipasa",
    "credential": "password",
    "cancel": "burahin kanselahin",
    "superseded": "wala_nang_bisa hindi_na_umiiral",
}
SWAHILI: Lexicon = {
    "ignore": "puuza puuzia usizingatie sahau achana usifuate kusahau vunja tupa",
    "prior": """
        yaliyotangulia iliyotangulia zilizotangulia ya_awali za_awali awali yaliyopita hapo_juu ya_juu
        iliyopita uliyopewa ulizopewa yote_ya_nyuma
    """,
    "all": "yote zote wote kila lote",
    "everything": "kila_kitu yote",
    "instruction": "maagizo maelekezo amri kanuni sheria miongozo vikwazo mwongozo",
    "prompt": "prompt ujumbe_wa_mfumo maagizo_ya_mfumo",
    "text": "maandishi ujumbe maneno",
    "your_last": "yako zako lako wako",
    "told": "umepewa uliambiwa ulipewa nilisema",
    "now": "sasa kuanzia_sasa",
    "show": "onyesha nionyeshe fichua funua rudia sema andika toa niambie chapisha",
    "secret": "mfumo siri yaliyofichwa ya_ndani kamili asili",
    "verbatim": "neno_kwa_neno kikamilifu",
    "what": "nini gani",
    "persona": "jifanye jifanya wewe_sasa sasa_wewe igiza cheza_nafasi",
    "without": "bila hakuna huna",
    "limit": "vikwazo mipaka sheria vichujio udhibiti maadili masharti",
    "unlimited": "bila_mipaka bila_vikwazo",
    "about": "eleza tafsiri maana",
    "other": "barua kosa makosa faili ankara nenosiri funguo",
    "above": "hapo_juu",
    "quiet": "kwa_siri usitaje",
    "send": "tuma peleka",
    "credential": "nenosiri",
    "cancel": "futa batilisha",
    "superseded": "hayatumiki_tena yamefutwa hazitumiki_tena",
}
SCATTERED = (GREEK, FINNISH, HUNGARIAN, TURKISH, VIETNAMESE, INDONESIAN_MALAY, TAGALOG, SWAHILI)
