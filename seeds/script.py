"""Traditional and simplified characters of the documents: to search in either, and to hold a name to its print.

The characters are those in which the two scripts differ among all that the five documents and the everyday words
(seeds/settings/everyday_words.csv) hold; the pairs are facts of the character set, taken from OpenCC's table
(github.com/BYVoid/OpenCC, Apache-2.0).
"""

import unicodedata

_TRADITIONAL = (
    "亂來倉個們倫側備傳債傷傾僅價儀億償優儲兇兒內兩冊凈凱別則剛創劃劑勁動務勢勵勻匯區協卻厲參吒吳員問啟喬"
    "單嗎噴噸嚮嚴國圍園圓圖團執堅報場塊塵墊墾壇壓壘壞壯夠奮媽學實寧審寫寬寶將專對導屆層屬島崗師帶幫幾庫廁"
    "廚廠廢廣廳張強彈徑從復徹惡愛態慣慮慶憂憲應懲懸懾戰戶拋掃掛揚換揮損搖撐撥擁擇擊擋擔據擬擰擴擺擾攜攝攤"
    "敗數斷時暢暫曉書會東條棄棲業極構樁樂樓標樣樹機橫檔檢檻櫥欄權歡歷歸殘殲毀氣氫決沒沖況減測準溝溫滅滯滲"
    "滿漁漢漬漸潑潔潛澗濃濕濟濫濱濾瀆瀕瀟灑灘災為烏無煉煙熱燈燒營爍爐爭爾牽狀獎獲獻現瑤環產畝畫異當疇瘡療"
    "癥癬發盡監盤眾瞞確碼磚礎礙礦稅稈種稱積穩窯競筆節篤簡簽籌糞糧糾紀約紅納純紙級紛紡細紹終組結絕絡給統絹"
    "經綜綠綬維綱網綿緊緒線締編緩練縣縫縱總績織繞繳繼續罰羅義習聞聯聲職聽肅脅脫腦腳膠臉臘臟臨臺與興舉舊荊"
    "莊華萬葉蓋蓮薦藍藝藥蘇蘊處虛號蝕蟲蠅術衛補裝見規視親覺覽觀觸訂計訊討訓記訟訪設許訴評詞詢試話該詳認語"
    "誠誤說誰調談請論諧諸謀謊講謝證識譜議護讀變讓豐豬負財貢貧貨貫責貯貴買貸費貼貿賃資賠賦質賬賴購賽贈贏趕"
    "趨踐蹤躍軀車軋軌軍軸較載輔輕輛輪輯輸輻輿轄轉辦辯農這連進運過達違遙遞遠適遲遷選遺遼邁還邊郵鄉鄰醫釋釘"
    "針鈣鉈鉛鉤銀銜銷鋁鋒鋪鋼錄錘錢錨錫錯鍋鍍鍵鎘鎮鏈鐵鑄鑒長門閃閉開間閱關陣陽隊階際隨險隱隸雙雜離難電霧"
    "靂靈靚鞏韓響項順須預頒頓領頭頸頻顆題額顒類顧顯風飲飼養饋馬駐駛騰驗驟體魚魯鱗鳴鷳鹽麗黃點黨齊龍龐"
    "賣嚇嗆攪渾盜紗蒼診轟鋸鬧飛飯館雞鴨鵝麥囪橋"
)
_SIMPLIFIED = (
    "乱来仓个们伦侧备传债伤倾仅价仪亿偿优储凶儿内两册净凯别则刚创划剂劲动务势励匀汇区协却厉参咤吴员问启乔"
    "单吗喷吨向严国围园圆图团执坚报场块尘垫垦坛压垒坏壮够奋妈学实宁审写宽宝将专对导届层属岛岗师带帮几库厕"
    "厨厂废广厅张强弹径从复彻恶爱态惯虑庆忧宪应惩悬慑战户抛扫挂扬换挥损摇撑拨拥择击挡担据拟拧扩摆扰携摄摊"
    "败数断时畅暂晓书会东条弃栖业极构桩乐楼标样树机横档检槛橱栏权欢历归残歼毁气氢决没冲况减测准沟温灭滞渗"
    "满渔汉渍渐泼洁潜涧浓湿济滥滨滤渎濒潇洒滩灾为乌无炼烟热灯烧营烁炉争尔牵状奖获献现瑶环产亩画异当畴疮疗"
    "症癣发尽监盘众瞒确码砖础碍矿税秆种称积稳窑竞笔节笃简签筹粪粮纠纪约红纳纯纸级纷纺细绍终组结绝络给统绢"
    "经综绿绶维纲网绵紧绪线缔编缓练县缝纵总绩织绕缴继续罚罗义习闻联声职听肃胁脱脑脚胶脸腊脏临台与兴举旧荆"
    "庄华万叶盖莲荐蓝艺药苏蕴处虚号蚀虫蝇术卫补装见规视亲觉览观触订计讯讨训记讼访设许诉评词询试话该详认语"
    "诚误说谁调谈请论谐诸谋谎讲谢证识谱议护读变让丰猪负财贡贫货贯责贮贵买贷费贴贸赁资赔赋质账赖购赛赠赢赶"
    "趋践踪跃躯车轧轨军轴较载辅轻辆轮辑输辐舆辖转办辩农这连进运过达违遥递远适迟迁选遗辽迈还边邮乡邻医释钉"
    "针钙铊铅钩银衔销铝锋铺钢录锤钱锚锡错锅镀键镉镇链铁铸鉴长门闪闭开间阅关阵阳队阶际随险隐隶双杂离难电雾"
    "雳灵靓巩韩响项顺须预颁顿领头颈频颗题额颙类顾显风饮饲养馈马驻驶腾验骤体鱼鲁鳞鸣鹇盐丽黄点党齐龙庞"
    "卖吓呛搅浑盗纱苍诊轰锯闹飞饭馆鸡鸭鹅麦囱桥"
)
#: Further spellings of a simplified character, which a search reads and never writes.
_ALSO = str.maketrans("髒採裏裡製颳佔喫桿溼菸燻佈髮麪葯証", "脏采里里制刮占吃杆湿烟熏布发面药证")
#: Characters that the source text of document 004 has damaged, by what stands in their place there, in small letters.
_DAMAGED = {"?fù)p": "扬", "?xiàng)l": "条", "環?！苯ㄔo": "环保”建设"}
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_TO_TRADITIONAL = str.maketrans(_SIMPLIFIED, _TRADITIONAL)


def simplified(text: str) -> str:
    """The text in simplified characters, as far as the documents' characters go."""
    return text.translate(_TO_SIMPLIFIED)


def traditional(text: str) -> str:
    """The text in traditional characters, as far as the documents' characters go."""
    return text.translate(_TO_TRADITIONAL)


def spellings(text: str) -> list[str]:
    """The text as typed, simplified and traditional, each once."""
    return list(dict.fromkeys((text, simplified(text), traditional(text))))


def folded(text: str) -> str:
    """The text as searches compare it: simplified, in small letters, of one width, its damaged characters put right."""
    plain = unicodedata.normalize("NFC", text).casefold()
    for damaged, whole in _DAMAGED.items():
        plain = plain.replace(damaged, whole)
    return unicodedata.normalize("NFKC", simplified(plain).translate(_ALSO))
