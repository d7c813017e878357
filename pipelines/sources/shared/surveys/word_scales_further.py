"""Usual scales of answers in words, as in `word_scales.py`, in Finnish, Turkish, Japanese, Chinese and Korean; a line a scale, `|` between spellings of a step, `;` between steps, lowest first."""

from pipelines.sources.mapped_files.header_words import folded

_LINES = """
täysin eri mieltä|vahvasti eri mieltä; jokseenkin eri mieltä|osittain eri mieltä|eri mieltä|melko eri mieltä; ei samaa eikä eri mieltä|en samaa enkä eri mieltä|en osaa sanoa|neutraali; jokseenkin samaa mieltä|osittain samaa mieltä|samaa mieltä|melko samaa mieltä; täysin samaa mieltä|vahvasti samaa mieltä
erittäin tyytymätön|hyvin tyytymätön; tyytymätön|melko tyytymätön|jokseenkin tyytymätön; ei tyytyväinen eikä tyytymätön|en tyytyväinen enkä tyytymätön|neutraali|en osaa sanoa; tyytyväinen|melko tyytyväinen|jokseenkin tyytyväinen; erittäin tyytyväinen|hyvin tyytyväinen
en lainkaan|ei lainkaan|en ollenkaan|ei ollenkaan; vähän|jonkin verran vähän|melko vähän; jonkin verran|kohtalaisesti; paljon|melko paljon; erittäin paljon|hyvin paljon
ei koskaan|en koskaan; harvoin; joskus|silloin tällöin; usein; aina
erittäin huono|hyvin huono; huono|melko huono; kohtalainen|tyydyttävä|keskinkertainen; hyvä|melko hyvä; erittäin hyvä|erinomainen
kesinlikle katılmıyorum|hiç katılmıyorum|tamamen katılmıyorum; katılmıyorum|kısmen katılmıyorum; kararsızım|ne katılıyorum ne katılmıyorum|fikrim yok|nötr|tarafsız; katılıyorum|kısmen katılıyorum; kesinlikle katılıyorum|tamamen katılıyorum|tam olarak katılıyorum
hiç memnun değilim|çok memnuniyetsizim|hiç memnun değil; memnun değilim|memnun değil; kararsızım|ne memnunum ne değilim|orta|nötr|ne memnun ne değil; memnunum|memnun; çok memnunum|çok memnun|son derece memnunum
hiçbir zaman|asla|hiç; nadiren; bazen|ara sıra; sık sık|genellikle|çoğunlukla; her zaman|daima
çok kötü; kötü; orta|idare eder|vasat; iyi; çok iyi|mükemmel
全くそう思わない|まったくそう思わない|全く当てはまらない|まったく当てはまらない|全くあてはまらない|強く反対|全く同意しない; そう思わない|あまりそう思わない|どちらかといえばそう思わない|あまり当てはまらない|あまりあてはまらない|当てはまらない|反対|同意しない; どちらともいえない|どちらとも言えない|どちらでもない|ふつう|普通; そう思う|ややそう思う|どちらかといえばそう思う|やや当てはまる|ややあてはまる|当てはまる|まあそう思う|賛成|同意する; とてもそう思う|非常にそう思う|強くそう思う|とても当てはまる|非常に当てはまる|とてもあてはまる|大変そう思う|強く賛成|強く同意する
非常に不満|とても不満|大変不満; 不満|やや不満|あまり満足していない; どちらともいえない|どちらとも言えない|どちらでもない|ふつう|普通; 満足|やや満足|まあ満足; 非常に満足|とても満足|大変満足
全くない|まったくない|一度もない; ほとんどない|めったにない|まれに; ときどき|時々|たまに; よくある|しばしば|よく; いつも|常に
非常に悪い|とても悪い; 悪い|やや悪い; 普通|ふつう|どちらともいえない; 良い|よい|やや良い; 非常に良い|とても良い|非常によい|とてもよい
非常不同意|完全不同意|强烈反对; 不同意|比较不同意|不太同意; 一般|中立|不确定|说不清; 同意|比较同意; 非常同意|完全同意
非常不满意|很不满意; 不满意|不太满意|比较不满意; 一般|中立; 满意|比较满意; 非常满意|很满意
从不|从来没有; 很少; 有时|偶尔; 经常|常常; 总是|一直
전혀 그렇지 않다|매우 그렇지 않다|전혀 동의하지 않음|전혀 동의하지 않는다; 그렇지 않다|별로 그렇지 않다|동의하지 않음|동의하지 않는다; 보통이다|보통|중립; 그렇다|동의함|동의한다|대체로 그렇다; 매우 그렇다|매우 동의함|매우 동의한다
매우 불만족|매우 불만|매우 불만족한다; 불만족|불만|불만족한다; 보통|보통이다|중립; 만족|만족한다; 매우 만족|매우 만족한다
helt uenig|svært uenig; delvis uenig|litt uenig|uenig; verken eller|verken enig eller uenig|nøytral|hverken eller; delvis enig|litt enig|enig; helt enig|svært enig
"""

FURTHER_SCALES: tuple[tuple[tuple[str, ...], ...], ...] = tuple(
    tuple(tuple(folded(word) for word in step.split("|")) for step in line.split(";"))
    for line in _LINES.strip().split("\n")
)
FURTHER_MIDDLES = frozenset(
    map(
        folded,
        "ei samaa eikä eri mieltä|en samaa enkä eri mieltä|ei tyytyväinen eikä tyytymätön|neutraali|kararsızım|nötr|tarafsız|どちらともいえない|どちらとも言えない|どちらでもない|中立|一般|보통이다|보통|중립".split(
            "|"
        ),
    )
)
