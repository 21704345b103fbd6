/// Gives every place of a layout a candidate of its own.
///
/// Of all possible assignments it is one with the best candidates: those that come first in the given order have their
/// place before others do, as long as the rest can still be filled.
struct PlaceAssignment {
    /// By place.
    let candidates: [Int]

    /// - Parameters:
    ///   - places: for each place the candidates that can take it.
    ///   - order: the candidates that may be used, the preferred ones first.
    /// - Returns: nil where the places cannot all be filled.
    init?(places: [[Int]], preferring order: [Int]) {
        var holder = [Int?](repeating: nil, count: places.count)
        var filledCount = 0
        for candidate in order where filledCount < places.count {
            var visited = [Bool](repeating: false, count: places.count)
            if Self.seat(candidate, places, &holder, &visited) { filledCount += 1 }
        }
        guard filledCount == places.count else { return nil }
        candidates = holder.compactMap { $0 }
    }

    /// Finds a place for a candidate, moving those who are seated already where that helps; none of them loses out.
    private static func seat(
        _ candidate: Int, _ places: [[Int]], _ holder: inout [Int?], _ visited: inout [Bool]
    ) -> Bool {
        for place in places.indices where !visited[place] && places[place].contains(candidate) {
            visited[place] = true
            guard let seated = holder[place], !seat(seated, places, &holder, &visited) else {
                holder[place] = candidate
                return true
            }
        }
        return false
    }
}
