/// W3C trace context of the call that is being served, where its caller sent one along.
///
/// Bound by the edge that takes the call, for the task that serves it and its children. Not checked: whoever uses it checks.
package enum CallTrace {
    /// As the caller wrote it; nil where it wrote nothing.
    @TaskLocal package static var traceparent: String?
}
