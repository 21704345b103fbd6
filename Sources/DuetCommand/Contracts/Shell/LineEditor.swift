/// A line that a person is typing, with those typed before.
///
/// Pure: takes keys and says what they led to. Drawing is its owner's.
struct LineEditor {
    enum Key: Hashable {
        case text(Character)
        case left, right, start, end, up, down
        case backspace, delete, deleteWord, deleteToStart, deleteToEnd
        case tab, enter, interrupt, endOfInput, clearScreen
    }

    enum Outcome: Equatable {
        case editing
        case line(String)
        /// What could stand here, to be shown below the line.
        case candidates([String])
        case clearScreen
        /// The line was given up.
        case interrupted
        case ended
    }

    static let characterCountMax = 100_000

    private(set) var characters: [Character] = []
    /// Before which character the next one goes.
    private(set) var cursor = 0
    private var history: [String]
    /// Which line of the history is shown; their count for the new one.
    private var position: Int
    /// The new line while an old one is shown.
    private var draft: [Character] = []

    init(history: [String] = []) {
        self.history = history
        position = history.count
    }

    var text: String { String(characters) }

    /// - Parameter complete: whole words that could stand in place of the last word before the cursor, given all before it.
    mutating func take(_ key: Key, complete: (String) -> [String]) -> Outcome {
        switch key {
        case .text(let character):
            guard characters.count < Self.characterCountMax else { break }
            characters.insert(character, at: cursor)
            cursor += 1
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(characters.count, cursor + 1)
        case .start: cursor = 0
        case .end: cursor = characters.count
        case .up: show(position - 1)
        case .down: show(position + 1)
        case .backspace: remove(from: max(0, cursor - 1), to: cursor)
        case .delete: remove(from: cursor, to: min(characters.count, cursor + 1))
        case .deleteToStart: remove(from: 0, to: cursor)
        case .deleteToEnd: remove(from: cursor, to: characters.count)
        case .deleteWord:
            var start = cursor
            while start > 0, characters[start - 1] == " " { start -= 1 }
            while start > 0, characters[start - 1] != " " { start -= 1 }
            remove(from: start, to: cursor)
        case .tab: return self.complete(complete)
        case .enter: return finish()
        case .clearScreen: return .clearScreen
        case .interrupt:
            replace([])
            position = history.count
            return .interrupted
        case .endOfInput:
            // As shells do: only an empty line ends the input.
            if characters.isEmpty { return .ended }
            remove(from: cursor, to: min(characters.count, cursor + 1))
        }
        return .editing
    }

    private mutating func finish() -> Outcome {
        let line = text
        if !line.isEmpty, history.last != line { history.append(line) }
        replace([])
        position = history.count
        return .line(line)
    }

    private mutating func complete(_ complete: (String) -> [String]) -> Outcome {
        let before = characters[..<cursor]
        let start = before.lastIndex(of: " ").map { $0 + 1 } ?? 0
        let candidates = complete(String(before))
        guard let first = candidates.first else { return .editing }
        let word = Array(before[start...])
        var common = Array(first)
        for candidate in candidates.dropFirst() {
            common = zip(common, candidate).prefix { $0 == $1 }.map(\.0)
        }
        if candidates.count == 1 { common.append(" ") }
        guard common.starts(with: word), common.count > word.count else {
            return candidates.count > 1 ? .candidates(candidates) : .editing
        }
        characters.replaceSubrange(start..<cursor, with: common)
        cursor = start + common.count
        return .editing
    }

    private mutating func show(_ index: Int) {
        guard history.indices.contains(index) || index == history.count, index != position else { return }
        if position == history.count { draft = characters }
        position = index
        replace(index == history.count ? draft : Array(history[index]))
    }

    private mutating func replace(_ new: [Character]) {
        characters = new
        cursor = new.count
    }

    private mutating func remove(from start: Int, to end: Int) {
        characters.removeSubrange(start..<end)
        cursor = start
    }
}
