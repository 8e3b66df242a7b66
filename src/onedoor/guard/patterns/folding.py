"""One letter for the letters that people write alike, without moving any."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_RANGES = ((0xC0, 0x250), (0x386, 0x3CF), (0x1E00, 0x2000))
_PAIRS = (
    "ıi łl đd øo ßs æa œo þt ðd ёе ςσ أا إا آا ٱا ىي یي کك ةه ךכ םמ ןנ ףפ ץצ ’' ‘' ʼ' "
    "無无 視视 規规 則则 統统 顯显 詞词 訊讯 說说 輸输 請请 記记 內内 設设 過过 這这 個个 從从 實实 對对 話话 "
    "應应 將将 與与 為为 裡里 裏里 給给 於于 當当 開开 關关 們们 來来 後后 條条 戶户 縮缩 寫写 譯译 釋释 類类 "
    "複复 達达 訴诉 隱隐 祕秘 處处 變变 導导 數数 據据 舊旧 製制 備备 讓让 發发 傳传 轉转 擬拟 裝装 約约 預预 碼码 "
    "倫伦 審审 濾滤 獄狱 範范 護护 啟启 啓启 員员 護护 遺遗 拋抛 棄弃 絕绝 誡诫 複复 復复 問问 題题 機机 密密 洩泄 "
    "錄录 務务 務务 單单 嚴严 證证 開开 聽听 輯辑 並并 別别 沒没 還还 確确 進进 動动 測测"
)


def folded(text: str) -> str:
    """The text in small letters without accents; every index stays what it was."""
    if text.isascii():
        return text.lower()
    letters, table = _folding()
    small = text.replace("İ", "i").lower()  # the only letter whose small form is longer
    return letters.sub(lambda letter: table[letter[0]], small)


@cache
def _folding() -> tuple[re.Pattern[str], dict[str, str]]:
    bare = {chr(code): _bare(chr(code)) for low, high in _RANGES for code in range(low, high)}
    pairs = {pair[0]: pair[1] for pair in _PAIRS.split()}
    table = {letter: to for letter, to in {**bare, **pairs}.items() if letter != to}
    return re.compile(f"[{''.join(map(re.escape, sorted(table)))}]"), table


def _bare(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]
