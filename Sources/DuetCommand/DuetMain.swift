/// The program: `duet` is this call alone.
public enum DuetMain {
    public static func run() async {}
}
