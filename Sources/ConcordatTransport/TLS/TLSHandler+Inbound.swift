import ConcordatCrypto
package import NIOCore

extension TLSHandler {
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let ciphertext = unwrapInboundIn(data)
        switch phase {
        case .handshaking, .open:
            ciphertext.withUnsafeReadableBytes { engine.receive($0) }
            pump(context, expecting: ciphertext.readableBytes)
        case .draining:
            drainedBytes += ciphertext.readableBytes
            if drainedBytes > limits.drainBytesMax { closeNow(context) }
        case .idle, .ended: break
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        switch phase {
        case .handshaking, .draining: context.read()
        case .open:
            // A part of a record is no payload: whoever asked for some still waits.
            if readIsOwed { context.read() }
            context.fireChannelReadComplete()
        case .idle, .ended: break
        }
    }

    package func read(context: ChannelHandlerContext) {
        switch phase {
        case .idle, .handshaking, .open:
            readIsOwed = true
            context.read()
        case .draining, .ended: break
        }
    }

    /// Carries the engine as far as what it has been given goes, then sends what it has to say in return.
    private func pump(_ context: ChannelHandlerContext, expecting count: Int) {
        // Payload is shorter than its ciphertext, so this seldom grows: only when earlier parts of a record waited.
        var plaintext = context.channel.allocator.buffer(capacity: count)
        var last = TLSEngine.ReadResult.needsCiphertext
        reading: while phase == .handshaking || phase == .open {
            let room = plaintext.writableBytes > 0 ? 1 : TLSEngine.recordBytesMax
            plaintext.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { room in
                last = engine.read(into: room)
                if case .plaintext(let read) = last { return read }
                return 0
            }
            if phase == .handshaking, case .established(let peer) = engine.state {
                // The peer's answer to the handshake goes out before anything a handler might write now.
                sendPending(context)
                established(peer, context)
            }
            guard case .plaintext = last else { break reading }
        }
        // Also after a failed read: the alert is there, and a key update may want its answer.
        sendPending(context)
        if plaintext.readableBytes > 0, phase == .open {
            readIsOwed = false
            context.fireChannelRead(wrapInboundOut(plaintext))
        }
        guard phase == .handshaking || phase == .open else { return }
        switch last {
        case .plaintext, .needsCiphertext: break
        case .inputClosed: inputClosed(context)
        case .failed(let failure): failed(failure, context)
        }
    }

    /// The peer said close_notify. Our side may go on.
    private func inputClosed(_ context: ChannelHandlerContext) {
        guard !isInputClosureTold else { return }
        isInputClosureTold = true
        setDeadline(limits.halfClosed, context) { [weak self] context in self?.closeNow(context) }
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// No more bytes will come: a clean end, or a cut.
    func endOfStream(_ context: ChannelHandlerContext) {
        guard phase == .handshaking || phase == .open else { return }
        switch engine.receivedEndOfStream() {
        case .inputClosed:
            inputClosed(context)
            // Both sides are done: nothing is left to wait for.
            if engine.isOutputClosed { closeNow(context) }
        case .failed(let failure):
            tell(failure, context)
            closeNow(context)
        case .plaintext, .needsCiphertext: closeNow(context)
        }
    }

    /// The engine gave up. The peer gets its alert and time to read it.
    func failed(_ failure: TLSFailure, _ context: ChannelHandlerContext) {
        tell(failure, context)
        if case .alertFromPeer = failure { closeNow(context) } else { drain(context) }
    }

    private func tell(_ failure: TLSFailure, _ context: ChannelHandlerContext) {
        if phase == .open {
            context.fireErrorCaught(TransportError.tls(failure))
        } else {
            handshakeEnded(.failure(.tls(failure)))
        }
    }
}
