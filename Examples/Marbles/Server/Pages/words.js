// What the pages say, in two languages.

const words = {
  en: {
    title: "Marbles", line: "One ledger, owned by nobody, shared by all", skip: "Skip to the marbles", actingAs: "Acting as",
    rule: "House rule", search: "Search owners, companies, colours", searchShort: "Search", bin: "Bin", story: "The story of a transaction", blocks: "Blocks",
    hint: "Drag a marble to somebody else. Plus makes one. The bin takes one away.", waiting: "Reading the ledger …",
    live: "Live", connecting: "Connecting", lost: "Connection lost, trying again", resumed: "Connected again, nothing missed",
    themeAuto: "Theme: as the system", themeLight: "Theme: light", themeDark: "Theme: dark", otherLanguage: "中文", otherLanguageName: "中文界面",
    owners: "{shown} of {all} owners", addOwner: "Owner", addOwnerTo: "Add an owner to {company}", you: "you", pin: "Keep {name} in view", retire: "Retire {name}",
    points: "{count} points", empty: "No marbles.", more: "{count} more", plus: "Make a marble for {name}", tray: "Marbles of {name}",
    marble: "{size} {color} marble of {name}", marbleShort: "{size} {color} marble",
    size: "Size {size}", large: "large", small: "small", Large: "Large", Small: "Small",
    white: "white", black: "black", red: "red", green: "green", blue: "blue", purple: "purple", pink: "pink", orange: "orange", yellow: "yellow",
    createTitle: "A new marble", createFor: "For {name} of {company}", colour: "Colour", sizeTitle: "Size", create: "Make it", cancel: "Cancel",
    ownerTitle: "A new owner", ownerFor: "{company} issues an identity with a key of its own.", name: "Name", add: "Add",
    deleteTitle: "Throw it away?", deleteText: "The {marble} leaves the ledger's state. What happened to it stays in the blocks, for ever.", delete: "Throw away", keep: "Keep it",
    retireTitle: "Retire {name}?", retireText: "The card is no longer shown. The marbles stay in the ledger.", retireDo: "Retire",
    give: "Give to …", history: "History", menuDelete: "Throw away", close: "Close",
    picked: "Picked up {marble}. Arrow keys choose a card or the bin, Enter puts it down, Escape lets go.", over: "{name} of {company}, {index} of {count}", overBin: "The bin, {index} of {count}",
    released: "Let go of {marble}.", sent: "{actor} wants: {what}", done: "{what}: in block {block}.",
    refusedHere: "Refused", unsent: "Not sent", offline: "This machine is offline.", unreachable: "The ledger cannot be reached", reachable: "The ledger can be reached again", refusedEndorsement: "not endorsed", refusedOrdering: "not ordered", refusedCommit: "in block {block}, but invalid", unknown: "Nobody could say what became of it. The ledger will.",
    conflict: "Somebody else was faster.", tryAgain: "Try again", dismiss: "Dismiss", whoSaid: "Who said what", notTried: "not tried",
    proposal: "Proposal", endorsement: "Endorsement", ordering: "Ordering", commit: "Validate & commit",
    ms: "{ms}\u00a0ms", total: "{ms}\u00a0ms in all", slowed: "shown slowly; the figures are the real ones", inBlock: "block {block}, {ms}\u00a0ms",
    whatcreate: "a {marble} for {target}", whattransfer: "the {marble} to {target}", whatdelete: "the {marble} thrown away", whatregister: "{target} joins {company}", whatretire: "{target} retires",
    didcreate: "made for {owner}", didtransfer: "given to {owner}", diddelete: "thrown away", byWhom: "by {name}", endorsedBy: "endorsed by {names}", block: "Block {number}",
    historyTitle: "History", historyEmpty: "Nothing is known of it.",
    blockTitle: "Block {number}", blockLabel: "Block {number}, {count} transactions, {code}", blockValid: "all valid", blockInvalid: "with invalid ones", runs: "functions: {count}",
    hash: "Hash", previous: "Previous", made: "Made", sizeBytes: "Size", bytes: "{count} bytes", orderer: "Ordered by", commitHash: "Commit hash", transactions: "Transactions",
    by: "By", endorsers: "Endorsed by", contract: "Contract", writes: "Writes", reads: "Reads", arguments: "Arguments", transaction: "Transaction", config: "Configuration of the channel", why: "Why",
    functions: "Functions it set off", noRuns: "No function has written a line for this block.", loading: "Reading …",
    found: "{shown}/{all}", foundWords: "{shown} of {all} owners shown",
    ruleTitle: "The house rule", ruleText: "An endorsement check: before a peer of {company} simulates a transaction, it asks this function. Edit it, deploy it, and the next marble meets the new rule.",
    ruleDeploy: "Deploy", ruleDeployed: "In force. Deploying took {ms}\u00a0ms.", ruleByOther: "Somebody deployed a new house rule.", ruleDeploying: "Deploying …", rulePresets: "Begin with", ruleSource: "Source of the function",
    presetOpen: "Anything goes", presetFive: "At most five marbles", presetBlack: "No black marbles", presetEvening: "No black marbles after six",
    otherColour: "another colour", howMany: "How many", marbles: "{count} marbles", together: "chosen to go together", choose: "Choose with others", unchoose: "Choose no longer", chosen: "{count} marbles chosen.",
    doneMany: "{count} of {all} are in the ledger.", attempts: "It took {count} attempts.", again: "Attempt {attempt}. Before: {reason}",
    deleteTitleMany: "Throw {count} away?", deleteTextMany: "{count} marbles leave the ledger's state, each by a transaction of its own. What happened to them stays in the blocks, for ever.",
    hereOne: "one more person acts as this owner", hereMany: "{count} more people act as this owner",
    replay: "Replay", replaySlider: "Block up to which the ledger is shown", replayWhere: "After block {number} of {last}", play: "Play", pause: "Pause", stepBack: "One block back", stepOn: "One block on", toNow: "Back to now", backNow: "The ledger as it is now.",
    jump: "Go to a block or transaction", jumpShort: "Go to …", noBlock: "There is no block {number} yet.",
    blockBefore: "The block before", blockAfter: "The block after", heightAfter: "Height", boardThen: "The marbles then", checkChain: "Check the blocks before", hashRight: "✓ worked out here: the same", hashWrong: "✗ worked out here: another one",
    chainRight: "✓ {count} blocks hang together", chainWrong: "✗ block {number} does not fit", someOf: "{shown} of {all} are shown.", itsLines: "What functions wrote for it",
    export: "Save as", cold: "cold start", warm: "warm", version: "version {version}",
    logShort: "Functions", logTitle: "What functions write", logText: "Live, the newest first.", logSearch: "Search the lines", logPlaceholder: "Search, such as functionName: points", logFound: "{count} invocations found.", logLive: "The last {count} invocations.", logEmpty: "No function has written such a line.",
    activity: "Activity", pagesOne: "one page open", pagesMany: "{count} pages open", unseen: "{count} new", whoIsHere: "Who is here", happened: "What happened", nothingYet: "Nothing since this page was opened.", figures: "Figures",
    rate: "{rate} transactions a second, over the last {seconds} seconds", median: "median", slowest: "slowest", measured: "of",
    eventcreate: "{actor} made a marble for {owner}", eventtransfer: "{actor} gave a marble to {owner}", eventdelete: "{actor} threw a marble away", eventregister: "{owner} joined {company}", eventretire: "{actor} retired {owner}", eventpoints: "{owner} was granted points", eventinvalid: "{actor}: {function} is not valid, {code}",
  },
  zh: {
    title: "弹珠", line: "一本账，不属于任何一家，由大家共同维护", skip: "跳到弹珠", actingAs: "当前身份",
    rule: "自家规则", search: "搜索主人、公司、颜色", searchShort: "搜索", bin: "垃圾桶", story: "一笔交易的经过", blocks: "区块",
    hint: "把弹珠拖给别人即转移；点加号创建；拖进垃圾桶即删除。", waiting: "正在读取账本……",
    live: "实时", connecting: "连接中", lost: "连接中断，正在重试", resumed: "已重新连接，没有遗漏",
    themeAuto: "主题：跟随系统", themeLight: "主题：浅色", themeDark: "主题：深色", otherLanguage: "EN", otherLanguageName: "English",
    owners: "主人 {shown}/{all}", addOwner: "主人", addOwnerTo: "为 {company} 添加主人", you: "我", pin: "固定显示 {name}", retire: "停用 {name}",
    points: "{count} 积分", empty: "没有弹珠。", more: "还有 {count} 颗", plus: "为 {name} 创建弹珠", tray: "{name} 的弹珠",
    marble: "{name} 的{size}{color}弹珠", marbleShort: "{size}{color}弹珠",
    size: "{size} 号", large: "大", small: "小", Large: "大", Small: "小",
    white: "白色", black: "黑色", red: "红色", green: "绿色", blue: "蓝色", purple: "紫色", pink: "粉色", orange: "橙色", yellow: "黄色",
    createTitle: "新弹珠", createFor: "给 {company} 的 {name}", colour: "颜色", sizeTitle: "大小", create: "创建", cancel: "取消",
    ownerTitle: "新主人", ownerFor: "{company} 会签发一份带有独立密钥的身份。", name: "名字", add: "添加",
    deleteTitle: "删除这颗弹珠？", deleteText: "{marble}将离开账本的当前状态，但它的经历会永远留在区块里。", delete: "删除", keep: "保留",
    retireTitle: "停用 {name}？", retireText: "卡片将不再显示，弹珠仍留在账本中。", retireDo: "停用",
    give: "转移给……", history: "历史", menuDelete: "删除", close: "关闭",
    picked: "已拿起{marble}。方向键选择卡片或垃圾桶，回车放下，Esc 取消。", over: "{company} 的 {name}，第 {index} 个，共 {count} 个", overBin: "垃圾桶，第 {index} 个，共 {count} 个",
    released: "已放回{marble}。", sent: "{actor} 发起：{what}", done: "{what}：已写入区块 {block}。",
    refusedHere: "被拒绝", unsent: "未发送", offline: "本机没有网络连接。", unreachable: "无法连接账本", reachable: "账本已恢复连接", refusedEndorsement: "未获背书", refusedOrdering: "未能排序", refusedCommit: "已在区块 {block} 中，但无效", unknown: "暂时无人知道结果，账本会给出答案。",
    conflict: "别人抢先了一步。", tryAgain: "再试一次", dismiss: "知道了", whoSaid: "各方的说法", notTried: "未执行",
    proposal: "提案", endorsement: "背书", ordering: "排序", commit: "验证与提交",
    ms: "{ms}\u00a0毫秒", total: "共 {ms}\u00a0毫秒", slowed: "放慢播放，数字是真实的", inBlock: "区块\u00a0{block}，{ms}\u00a0毫秒",
    whatcreate: "给 {target} 创建{marble}", whattransfer: "把{marble}转移给 {target}", whatdelete: "删除{marble}", whatregister: "{target} 加入 {company}", whatretire: "停用 {target}",
    didcreate: "为 {owner} 创建", didtransfer: "转移给 {owner}", diddelete: "被删除", byWhom: "操作者 {name}", endorsedBy: "背书：{names}", block: "区块 {number}",
    historyTitle: "历史", historyEmpty: "没有它的记录。",
    blockTitle: "区块 {number}", blockLabel: "区块 {number}，{count} 笔交易，{code}", blockValid: "全部有效", blockInvalid: "含无效交易", runs: "函数：{count}",
    hash: "哈希", previous: "前一哈希", made: "时间", sizeBytes: "大小", bytes: "{count} 字节", orderer: "排序节点", commitHash: "提交哈希", transactions: "交易",
    by: "发起者", endorsers: "背书者", contract: "合约", writes: "写入", reads: "读取", arguments: "参数", transaction: "交易号", config: "通道配置", why: "原因",
    functions: "它触发的函数", noRuns: "还没有函数为这个区块写过日志。", loading: "读取中……",
    found: "{shown}/{all}", foundWords: "显示 {shown}/{all} 位主人",
    ruleTitle: "自家规则", ruleText: "背书检查：{company} 的节点在模拟交易之前会先询问这个函数。修改并部署，下一颗弹珠就会遇到新规则。",
    ruleDeploy: "部署", ruleDeployed: "已生效，部署用时 {ms} 毫秒。", ruleByOther: "有人部署了新的自家规则。", ruleDeploying: "部署中……", rulePresets: "从这里开始", ruleSource: "函数源代码",
    presetOpen: "不设限制", presetFive: "每人最多五颗", presetBlack: "禁止黑色弹珠", presetEvening: "六点后禁止黑色弹珠",
    otherColour: "其他颜色", howMany: "数量", marbles: "{count} 颗弹珠", together: "已选中，一起移动", choose: "加入选择", unchoose: "取消选择", chosen: "已选中 {count} 颗弹珠。",
    doneMany: "{all} 笔中有 {count} 笔已写入账本。", attempts: "共尝试 {count} 次。", again: "第 {attempt} 次尝试。上一次：{reason}",
    deleteTitleMany: "删除 {count} 颗弹珠？", deleteTextMany: "{count} 颗弹珠将各以一笔交易离开账本的当前状态，但它们的经历会永远留在区块里。",
    hereOne: "另有 1 人以此身份操作", hereMany: "另有 {count} 人以此身份操作",
    replay: "回放", replaySlider: "显示到哪个区块为止的账本", replayWhere: "区块 {number}/{last} 之后", play: "播放", pause: "暂停", stepBack: "后退一个区块", stepOn: "前进一个区块", toNow: "回到现在", backNow: "现在显示的是当前账本。",
    jump: "转到某个区块或交易", jumpShort: "转到……", noBlock: "还没有区块 {number}。",
    blockBefore: "前一个区块", blockAfter: "后一个区块", heightAfter: "高度", boardThen: "当时的弹珠", checkChain: "校验之前的区块", hashRight: "✓ 本页重新计算，一致", hashWrong: "✗ 本页重新计算，不一致",
    chainRight: "✓ {count} 个区块首尾相连", chainWrong: "✗ 区块 {number} 不相符", someOf: "显示 {shown}/{all} 笔。", itsLines: "函数为它写的日志",
    export: "另存为", cold: "冷启动", warm: "热实例", version: "版本 {version}",
    logShort: "函数", logTitle: "函数日志", logText: "实时更新，最新的在前。", logSearch: "搜索日志", logPlaceholder: "搜索，例如 functionName: points", logFound: "找到 {count} 次调用。", logLive: "最近 {count} 次调用。", logEmpty: "没有函数写过这样的日志。",
    activity: "动态", pagesOne: "1 个页面在线", pagesMany: "{count} 个页面在线", unseen: "{count} 条新消息", whoIsHere: "谁在这里", happened: "发生了什么", nothingYet: "打开本页以来还没有动静。", figures: "数据",
    rate: "最近 {seconds} 秒每秒 {rate} 笔交易", median: "中位数", slowest: "最慢", measured: "次数",
    eventcreate: "{actor} 为 {owner} 创建了弹珠", eventtransfer: "{actor} 把弹珠转移给 {owner}", eventdelete: "{actor} 删除了弹珠", eventregister: "{owner} 加入 {company}", eventretire: "{actor} 停用了 {owner}", eventpoints: "{owner} 获得积分", eventinvalid: "{actor}：{function} 无效，{code}",
  },
};

const key = "marbles.language";
let language = localStorage.getItem(key) ?? (navigator.language.startsWith("zh") ? "zh" : "en");

export const currentLanguage = () => language;

/** Says something, with values put in where the text names them. Values are text and stay text. */
export function say(name, values = {}) {
  const text = words[language][name] ?? words.en[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, item) => values[item] ?? whole);
}

export function toggleLanguage() {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem(key, language);
}

/** Puts the words into what stands in the page's own markup. */
export function translatePage() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-i18n]")) element.textContent = say(element.dataset.i18n);
  document.title = say("title");
}

export const knownColors = ["white", "black", "red", "green", "blue", "purple", "pink", "orange", "yellow"];
export const colorName = (color) => (knownColors.includes(color) ? say(color) : color);
export const sizeName = (size) => (size === 35 ? say("large") : size === 16 ? say("small") : say("size", { size }));
export const describeMarble = (marble) => say("marbleShort", { size: sizeName(marble.size), color: colorName(marble.color) });

/** Names are kept in lower case and shown with capitals. */
export const titleCase = (name) => name.replace(/(^|[\s_-])(\p{Ll})/gu, (_, before, letter) => before + letter.toUpperCase());

export const clockTime = (milliseconds) =>
  milliseconds ? new Date(milliseconds).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" }) : "–";

/** Milliseconds with as many places as they deserve. */
export const figure = (milliseconds) => (milliseconds < 10 ? milliseconds.toFixed(1) : String(Math.round(milliseconds)));
