using System.IO.MemoryMappedFiles;

namespace Cove.Fuzz.Afl;

/// <summary>
/// What a run has seen so far, in a mapped file that outlives the process: the highest cost, and the input that is running now, which is
/// the culprit when the process dies (a stack overflow) or is ended because it does not come back.
/// </summary>
internal sealed class RunState : IDisposable
{
    /// <summary>Longest input that AFL++ makes, in bytes.</summary>
    private const int MaximumInput = 1024 * 1024;
    private const int Header = 32;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private Cost highest;

    public RunState(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Header + MaximumInput);
        view = file.CreateViewAccessor();
        highest = new(new TimeSpan(view.ReadInt64(8)), view.ReadInt64(16));
    }

    /// <summary>The highest processor time and the most allocated bytes of any input, not necessarily the same one.</summary>
    public Cost Highest => highest;

    /// <summary>How many inputs came back.</summary>
    public long Finished { get; private set; }

    /// <summary>The input that was running when the process died; null where none was.</summary>
    public byte[]? Unfinished()
    {
        var length = view.ReadInt32(0) - 1;
        if (length < 0) return null;
        var input = new byte[length];
        view.ReadArray(Header, input, 0, length);
        return input;
    }

    public void Start(ReadOnlySpan<byte> input)
    {
        view.SafeMemoryMappedViewHandle.WriteSpan(Header, input);
        view.Write(0, input.Length + 1);
    }

    public void Finish(Cost cost)
    {
        view.Write(0, 0);
        Finished++;
        if (cost.ProcessorTime > highest.ProcessorTime) view.Write(8, (highest = highest with { ProcessorTime = cost.ProcessorTime }).ProcessorTime.Ticks);
        if (cost.AllocatedBytes > highest.AllocatedBytes) view.Write(16, (highest = highest with { AllocatedBytes = cost.AllocatedBytes }).AllocatedBytes);
    }

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
