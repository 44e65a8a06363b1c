using Cove.Outcomes;
using Cove.Runtime.Shim.Protobuf;

namespace Cove.Runtime.Shim.Containerd;

/// <summary>The bytes of a blob out of the messages that containerd sends them in.</summary>
internal sealed class BlobStream(HttpResponseMessage response) : Stream
{
    private readonly Stream messages = response.Content.ReadAsStream();
    private ReadOnlyMemory<byte> rest;
    private long at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => at;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (rest.IsEmpty && !buffer.IsEmpty)
        {
            if (GrpcMessages.Read(messages) is not { } message)
            {
                GrpcChannel.CheckStatus("Content/Read", response.TrailingHeaders);
                return 0;
            }

            rest = Data(message);
        }

        var read = Math.Min(buffer.Length, rest.Length);
        rest.Span[..read].CopyTo(buffer);
        (rest, at) = (rest[read..], at + read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            messages.Dispose();
            response.Dispose();
        }

        base.Dispose(disposing);
    }

    private byte[] Data(byte[] message)
    {
        var (offset, data) = (0L, (byte[])[]);
        var reader = new ProtobufReader(message, "ReadContentResponse");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: offset = (long)reader.Number(); break;
                case 2: data = reader.Bytes().ToArray(); break;
                default: reader.Skip(); break;
            }
        }

        return offset == at ? data : throw new MalformedException("ReadContentResponse", "offset", $"is {offset}, expected {at}");
    }
}
