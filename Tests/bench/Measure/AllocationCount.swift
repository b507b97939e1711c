/// How often this process has asked the C library for memory, what other libraries ask for in it included.
///
/// `malloc` and its like are these functions only when the linker was told so, as `Tests/bench/run.sh` does:
/// `--defsym=malloc=concordat_counted_malloc` and two more. Otherwise nothing is counted, and the count stays 0.
/// One thread only: the count is a plain number. Aligned allocations are not counted.
package enum AllocationCount {
    /// How many so far.
    package static var now: Int { allocations }
}

nonisolated(unsafe) private var allocations = 0

@_silgen_name("__libc_malloc") private func libraryMalloc(_ size: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_calloc") private func libraryCalloc(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer?
@_silgen_name("__libc_realloc")
private func libraryRealloc(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer?

/// The C library's `malloc`, counted.
@_cdecl("concordat_counted_malloc") public func countedMalloc(_ size: Int) -> UnsafeMutableRawPointer? {
    allocations &+= 1
    return libraryMalloc(size)
}

/// The C library's `calloc`, counted.
@_cdecl("concordat_counted_calloc") public func countedCalloc(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
    allocations &+= 1
    return libraryCalloc(count, size)
}

/// The C library's `realloc`, counted.
@_cdecl("concordat_counted_realloc")
public func countedRealloc(_ old: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    allocations &+= 1
    return libraryRealloc(old, size)
}
