import ConcordatCrypto
package import NIOCore

extension TLSHandler {
    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard phase == .idle || phase == .handshaking || phase == .open, !engine.isOutputClosed else {
            promise?.fail(TransportError.closed)
            return
        }
        let plaintext = unwrapOutboundIn(data)
        guard phase == .open || unwrittenBytes + plaintext.readableBytes <= limits.bytesBeforeHandshakeMax else {
            promise?.fail(TransportError.tooMuchBeforeHandshake)
            return
        }
        unwritten.append((plaintext, promise))
        unwrittenBytes += plaintext.readableBytes
        if phase == .open, unwrittenBytes > Self.unflushedBytesMax { encryptUnwritten(context) }
    }

    package func flush(context: ChannelHandlerContext) {
        guard phase == .open else { flushIsOwed = true; return }
        flushIsOwed = false
        encryptUnwritten(context)
        context.flush()
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (mode, phase) {
        case (.all, .open):
            if let promise { closePromises.append(promise) }
            sayGoodbye(context)
            guard phase == .open else { return }
            drain(context)
        case (.all, .draining):
            if let promise { closePromises.append(promise) }
        case (.output, .open):
            sayGoodbye(context)
            afterWrites(context) { context in context.close(mode: .output, promise: promise) }
        case (.all, .idle), (.all, .handshaking), (.all, .ended), (.output, _), (.input, _):
            context.close(mode: mode, promise: promise)
        }
    }

    private func sayGoodbye(_ context: ChannelHandlerContext) {
        encryptUnwritten(context)
        engine.closeNotify()
        sendPending(context)
    }

    /// Closes our side once all is written, then throws away what comes until the peer closes or the time is up.
    func drain(_ context: ChannelHandlerContext) {
        guard phase == .handshaking || phase == .open else { return }
        let peerIsDone = engine.isInputClosed
        phase = .draining
        failUnwritten(.closed)
        setDeadline(limits.closing, context) { [weak self] context in self?.closeNow(context) }
        afterWrites(context) { [weak self] context in
            guard let self, self.phase == .draining else { return }
            if peerIsDone { self.closeNow(context); return }
            self.setDeadline(self.limits.linger, context) { [weak self] context in self?.closeNow(context) }
            context.close(mode: .output, promise: nil)
            context.read()
        }
    }

    /// Acts once all that was written has gone to the socket, or cannot go any more.
    ///
    /// The channel itself would not wait: asked to close its output after the peer's FIN it closes all at once.
    private func afterWrites(_ context: ChannelHandlerContext, _ act: @escaping (ChannelHandlerContext) -> Void) {
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            guard let self, self.phase != .ended, let context = self.context else { return }
            act(context)
        }
    }

    /// Encrypts what waits, in as few calls as its bound allows: a response's parts become one write.
    func encryptUnwritten(_ context: ChannelHandlerContext) {
        while !unwritten.isEmpty {
            var (plaintext, promise) = unwritten.removeFirst()
            unwrittenBytes -= plaintext.readableBytes
            var joined: [EventLoopPromise<Void>] = []
            while let next = unwritten.first?.0,
                plaintext.readableBytes + next.readableBytes <= Self.writeBytesMax
            {
                let (buffer, also) = unwritten.removeFirst()
                unwrittenBytes -= buffer.readableBytes
                plaintext.writeImmutableBuffer(buffer)
                if let also { joined.append(also) }
            }
            if promise == nil, !joined.isEmpty { promise = joined.removeFirst() }
            if let promise { for also in joined { promise.futureResult.cascade(to: also) } }
            guard encrypt(&plaintext, context, promise) else { return }
        }
    }

    /// False when the engine failed; the promise is settled either way.
    private func encrypt(
        _ plaintext: inout ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) -> Bool {
        repeat {
            let slice = plaintext.readSlice(length: min(plaintext.readableBytes, Self.writeBytesMax)) ?? ByteBuffer()
            do throws(CryptoError) {
                try slice.readableBytesSpan.withUnsafeBytes { bytes throws(CryptoError) in try engine.write(bytes) }
            } catch {
                promise?.fail(TransportError.closed)
                sendPending(context)
                if case .tls(let failure) = error, case .failed = engine.state { failed(failure, context) }
                return false
            }
            send(context, plaintext.readableBytes == 0 ? promise : nil)
        } while plaintext.readableBytes > 0
        return true
    }

    /// Sends what the engine has to say of itself: handshake, alerts, answers to key updates.
    func sendPending(_ context: ChannelHandlerContext) {
        guard engine.pendingCiphertext > 0 else { return }
        send(context, nil)
        context.flush()
    }

    private func send(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        let pending = engine.pendingCiphertext
        var ciphertext = context.channel.allocator.buffer(capacity: pending)
        ciphertext.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { engine.takeCiphertext(into: $0) }
        context.write(wrapOutboundOut(ciphertext), promise: promise)
    }

    func failUnwritten(_ error: TransportError) {
        let waiting = unwritten
        unwritten = []
        unwrittenBytes = 0
        for (_, promise) in waiting { promise?.fail(error) }
    }
}
