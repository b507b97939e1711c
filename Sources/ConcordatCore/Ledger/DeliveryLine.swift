package import ConcordatTerms

/// Unfinished deliveries of one recipient: urgent ones first, each part in the order in which they were accepted.
struct DeliveryLine {
    private struct Place {
        let sequence: Int64
        let id: DeliveryID
    }

    private var urgent: [Place] = []
    private var ordinary: [Place] = []

    var count: Int { urgent.count + ordinary.count }

    /// Every delivery in line order, until `body` says to stop.
    func walk(_ body: (DeliveryID) -> Bool) {
        for place in urgent { guard body(place.id) else { return } }
        for place in ordinary { guard body(place.id) else { return } }
    }

    mutating func insert(_ delivery: Delivery) {
        let place = Place(sequence: delivery.sequence, id: delivery.id)
        if delivery.isUrgent {
            urgent.insert(place, at: Self.index(of: delivery.sequence, in: urgent))
        } else {
            ordinary.insert(place, at: Self.index(of: delivery.sequence, in: ordinary))
        }
    }

    mutating func remove(_ delivery: Delivery) {
        if delivery.isUrgent { Self.remove(delivery, from: &urgent) } else { Self.remove(delivery, from: &ordinary) }
    }

    private static func remove(_ delivery: Delivery, from places: inout [Place]) {
        let index = index(of: delivery.sequence, in: places)
        guard index < places.count, places[index].id == delivery.id else { return }
        places.remove(at: index)
    }

    /// The place of a sequence, or where it would go. Sequences only grow, so most are found at once at the end.
    private static func index(of sequence: Int64, in places: [Place]) -> Int {
        guard let last = places.last, last.sequence >= sequence else { return places.count }
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What a recipient may have now, and when to look again.
package struct LineLook: Sendable {
    /// In line order.
    package var due: [Delivery] = []
    /// When the first of those that wait only for their time may go; nil when none does.
    package var next: UTCInstant?

    package init() {}
}
