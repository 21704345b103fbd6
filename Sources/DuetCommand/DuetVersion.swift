/// The version of this program. It rises when a release is tagged.
enum DuetVersion {
    static let current = "0.1.0"
}
