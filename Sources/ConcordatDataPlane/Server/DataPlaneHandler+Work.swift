import ConcordatCore
import ConcordatCrypto
import ConcordatTerms
import ConcordatWire
import NIOCore

extension DataPlaneHandler {
    /// Has a request done and answers it. Messages come back by a callback and one hop to the event loop; the rest may wait
    /// for the store and run as tasks.
    func work(_ request: DataPlaneRequest, body: [UInt8], for party: PartyID) {
        let gateway = server.gateway
        switch request.action {
        case .submit(.success(let attributes), let isDryRun):
            let answer = answering()
            guard let eventLoop = context?.eventLoop else { return }
            gateway.intake.submit(
                Submission(party: party, body: body, attributes: attributes), isDryRun: isDryRun,
                resume: { work in eventLoop.execute(work) }, then: answer)
        case .submit(.failure(let fault), _):
            var problem = ProblemCatalogue.problem(fault.code, detail: fault.detail)
            problem.pointer = fault.pointer
            gateway.refusals.note(IntakeRefusal(party: party, problem: problem), then: answering())
        case .inbox(let time, let limit): next(for: party, wait: time, limit: limit)
        case .acknowledge(let id, nil): run { await gateway.inbox.acknowledge(id, by: party) }
        case .acknowledge(let id, let answer?):
            run { await gateway.inbox.acknowledge(id, answering: answer, by: party) }
        case .recordConsent: run { await gateway.consents.record(body, by: party) }
        case .withdrawConsent(let id): run { await gateway.consents.withdraw(id, by: party) }
        case .listConsents(let subject, let person):
            run { await gateway.consents.list(subject: subject, person: person, by: party) }
        case .track(let id): run { gateway.agencies.tracking(id, of: party) }
        case .sendNotices(let id, let request):
            run { await gateway.senderNotices.send(request, of: id, by: party) }
        case .schema(let name, let asRecipient):
            run { gateway.agencies.schema(name, asRecipient: asRecipient, for: party) }
        case .checkpoint: run { gateway.agencies.checkpoint() }
        case .proof(let index): run { gateway.agencies.proof(index, for: party) }
        case .due(let skip, let limit): run { gateway.due.due(for: party, skip: skip, limit: limit) }
        case .me: answer(gateway.agencies.me(party))
        case .openAPI: answer(Reply(status: 200, mediaType: "application/json", body: server.openAPI))
        }
    }

    private func next(for party: PartyID, wait time: Duration, limit: Int) {
        let (gateway, gate) = (server.gateway, server.waiting)
        guard time > .zero else { return run { await gateway.inbox.next(for: party, limit: limit, wait: .zero) } }
        guard gate.enter(party) else {
            var problem = ProblemCatalogue.problem("limit.rate", detail: "too many requests of your party wait already")
            problem.retryAfter = 1
            return answer(Reply(problem))
        }
        let answer = answering()
        wait = Task {
            let reply = await gateway.inbox.next(for: party, limit: limit, wait: time)
            gate.leave(party)
            answer(reply)
        }
        if isRetired { wait?.cancel() }
    }

    private func run(_ ask: @escaping @Sendable () async -> Reply) {
        guard let eventLoop = context?.eventLoop else { return }
        let answer = answering()
        eventLoop.makeFutureWithTask { await ask() }.whenSuccess(answer)
    }

    /// Brings an answer to the event loop from wherever it is given.
    private func answering() -> @Sendable (Reply) -> Void {
        guard let eventLoop = context?.eventLoop else { return { _ in } }
        let handler = NIOLoopBound(self, eventLoop: eventLoop)
        return { reply in
            eventLoop.execute { handler.value.answer(reply) }
        }
    }

    // MARK: answers

    /// Answers the request in work.
    func answer(_ reply: Reply) {
        guard case .working = phase, let context else { return }
        wait = nil
        let isLast = isRetired
        send(reply, isLast: isLast, context)
        guard !isLast else { return }
        phase = later.isEmpty ? .idle : .head
        expect(within: later.isEmpty ? server.settings.idleTimeout : server.settings.headTimeout)
        takeLater(context)
    }

    /// Answers what is no request of this plane, and closes: nobody can tell where the next one would begin.
    func refuse(_ problem: Problem) {
        guard let context else { return }
        phase = .working
        send(Reply(problem), isLast: true, context)
    }

    /// Answers a request that may not be what it is. Its body is not waited for; the connection closes if there is one.
    ///
    /// What was refused of a message or a consent is on record before it is answered, as every refusal is.
    func turnAway(_ refusal: DataPlaneRequest.Refusal, peer: PeerIdentity?, hasBody: Bool) {
        guard let context else { return }
        route = refusal.route
        phase = .working
        if hasBody { isRetired = true }
        if let route, route.takesBody, let party = peer?.party {
            let note = IntakeRefusal(party: party, problem: refusal.problem)
            return server.gateway.refusals.note(note, then: answering())
        }
        let isLast = isRetired
        let allow = refusal.allowed.isEmpty ? nil : refusal.allowed.map(\.method).joined(separator: ", ")
        send(Reply(refusal.problem), allow: allow, isLast: isLast, context)
        guard !isLast else { return }
        // The end of this request has still to come.
        phase = .idle
        expect(within: server.settings.idleTimeout)
        takeLater(context)
    }

    private func send(_ reply: Reply, allow: String? = nil, isLast: Bool, _ context: ChannelHandlerContext) {
        server.metrics.note(route, status: reply.status, nanoseconds: (NIODeadline.now() - began).nanoseconds)
        let bytes = ResponseBytes.write(
            reply, date: server.date.text, allow: allow, isLast: isLast, hasBody: !isHead,
            allocator: context.channel.allocator)
        guard isLast else { return context.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }
        phase = .closing
        later.removeAll()
        expect(within: server.settings.idleTimeout)
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.context?.close(promise: nil) }
    }
}
