import FabricTypes
import Foundation

//   Fuzz                                      lists the targets
//   Fuzz TARGET --seeds FOLDER                writes bytes to begin with into the folder
//   Fuzz TARGET [libFuzzer's arguments…]      hands the target whatever libFuzzer makes up
//
// scripts/fuzz-decoders builds and runs it. libFuzzer has the `main` and calls the two functions below.
// Source: https://llvm.org/docs/LibFuzzer.html.

// Set once before the first input and only read after; libFuzzer's callback has no place for a context.
nonisolated(unsafe) private var target: FuzzTarget?

@_cdecl("LLVMFuzzerInitialize")
func initialize(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
    let given = (1..<max(1, Int(argumentCount.pointee))).compactMap { index in
        arguments.pointee[index].map { String(cString: $0) }
    }
    guard let chosen = FuzzTarget.all.first(where: { $0.name == given.first }) else {
        print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
        exit(given.isEmpty ? 0 : 64)
    }
    if given.count == 3, given[1] == "--seeds" {
        exit(writeSeeds(of: chosen, to: given[2]) ? 0 : 1)
    }
    target = chosen
    // libFuzzer wants the program's name and then its own arguments.
    arguments.pointee[1] = arguments.pointee[0]
    argumentCount.pointee -= 1
    arguments.pointee += 1
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func take(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target?.run(Bytes(Array(UnsafeBufferPointer(start: bytes, count: count))))
    return 0
}

private func writeSeeds(of target: FuzzTarget, to folder: String) -> Bool {
    do {
        for (index, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: URL(filePath: folder).appending(path: "seed-\(index)"))
        }
        return true
    } catch {
        print("The seeds of \(target.name) cannot be written to \(folder): \(error)")
        return false
    }
}
