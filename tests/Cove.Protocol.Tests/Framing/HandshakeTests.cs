using System.Buffers.Binary;
using System.IO.Pipelines;
using Cove.Outcomes;
using Cove.Protocol.Framing;

namespace Cove.Protocol.Tests.Framing;

public sealed class HandshakeTests
{
    [Fact]
    public async Task Passes_over_what_an_earlier_connection_left_behind()
    {
        var (host, guest) = Join();
        await guest.WriteAsync(new byte[100]);
        var greeting = Handshake.GreetAsync(host, CancellationToken.None);
        await Handshake.WelcomeAsync(guest, CancellationToken.None);
        Assert.Equal(ProtocolLimits.Version, await greeting);
    }

    [Fact]
    public async Task Does_not_take_the_welcome_of_an_earlier_hello()
    {
        var (host, guest) = Join();
        var stale = Handshake.GreetAsync(host, CancellationToken.None);
        await Handshake.WelcomeAsync(guest, CancellationToken.None);
        await stale;

        var (again, fresh) = Join();
        var hello = Handshake.GreetAsync(again, CancellationToken.None);
        var read = new byte[Handshake.HelloSize];
        await fresh.ReadExactlyAsync(read);
        read[10] ^= 1;
        var welcome = new byte[Handshake.WelcomeSize];
        read.AsSpan(0, 24).CopyTo(welcome);
        welcome[24] = 1;
        await fresh.WriteAsync(welcome);
        await fresh.DisposeAsync();
        await Assert.ThrowsAsync<UnavailableException>(() => hello);
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(0, 0)]
    public async Task Refuses_a_host_of_other_versions_and_tells_it(ushort lowest, ushort highest)
    {
        var (host, guest) = Join();
        var greeting = Handshake.GreetAsync(host, CancellationToken.None);
        var hello = new byte[Handshake.HelloSize];
        await guest.ReadExactlyAsync(hello);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(24), lowest);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(26), highest);

        var answer = new Pipe();
        var asked = new Duplex(PipeReader.Create(new MemoryStream(hello)).AsStream(), answer.Writer.AsStream());
        await Assert.ThrowsAsync<MalformedException>(() => Handshake.WelcomeAsync(asked, CancellationToken.None));
        var welcome = new byte[Handshake.WelcomeSize];
        await answer.Reader.AsStream().ReadExactlyAsync(welcome);
        await guest.WriteAsync(welcome);
        Assert.Equal("version", (await Assert.ThrowsAsync<MalformedException>(() => greeting)).Field);
    }

    [Fact]
    public async Task Refuses_a_hello_without_the_marker()
    {
        var hello = new byte[Handshake.HelloSize];
        await Assert.ThrowsAsync<MalformedException>(() => Handshake.WelcomeAsync(new MemoryStream(hello), CancellationToken.None));
    }

    private static (Stream Host, Stream Guest) Join()
    {
        var (down, up) = (new Pipe(), new Pipe());
        return (new Duplex(up.Reader.AsStream(), down.Writer.AsStream()), new Duplex(down.Reader.AsStream(), up.Writer.AsStream()));
    }

    private sealed class Duplex(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
                output.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
