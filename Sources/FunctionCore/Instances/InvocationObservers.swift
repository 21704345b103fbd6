/// Several observers as one.
package struct InvocationObservers: InvocationObserver {
    private let observers: [any InvocationObserver]

    package init(_ observers: [any InvocationObserver]) {
        self.observers = observers
    }

    package func ended(_ end: InvocationEnd) {
        for observer in observers { observer.ended(end) }
    }
}
