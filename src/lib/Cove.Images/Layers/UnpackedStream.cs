using Cove.Outcomes;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Cove.Images.Layers;

/// <summary>What a compressed layer unpacks to: bounded, and every fault of the compressed stream is one of the layer. Disposing it leaves the blob open.</summary>
/// <param name="decoder">Unpacks the blob.</param>
/// <param name="compression">The name of the compression, for errors.</param>
/// <param name="name">What to call the layer in an error, e.g. its digest.</param>
/// <param name="maximum">Bytes that it may unpack to.</param>
internal sealed class UnpackedStream(Stream decoder, string compression, string name, long maximum) : Stream
{
    private long count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => count;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var read = decoder.Read(buffer);
            count += read;
            return count <= maximum ? read : throw Fault($"unpacks to more than {maximum} bytes");
        }
        catch (InvalidDataException damaged)
        {
            throw Fault("is damaged", damaged);
        }
        catch (EndOfStreamException cut)
        {
            throw Fault("is cut short", cut);
        }
        catch (ZstdException damaged) when (damaged.Code != ZSTD_ErrorCode.ZSTD_error_memory_allocation)
        {
            throw Fault(Problem(damaged.Code), damaged);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) decoder.Dispose();
        base.Dispose(disposing);
    }

    private static string Problem(ZSTD_ErrorCode code) => code switch
    {
        ZSTD_ErrorCode.ZSTD_error_prefix_unknown => "goes on with what is no zstd frame",
        ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge => $"needs a window of more than {LayerCompression.MaximumZstdWindow} bytes",
        ZSTD_ErrorCode.ZSTD_error_frameParameter_unsupported => "uses a feature of frames that is not defined",
        ZSTD_ErrorCode.ZSTD_error_dictionary_wrong => "needs a dictionary",
        ZSTD_ErrorCode.ZSTD_error_checksum_wrong => "has a checksum that its content does not fit",
        _ => "is damaged",
    };

    private MalformedException Fault(string problem, Exception? cause = null) => new("OCI image", $"{compression} stream of {name}", problem, count, cause);
}
