using System.Runtime.InteropServices;
using System.Text;

namespace Cove.Guest.Processes;

/// <summary>A null-terminated array of null-terminated UTF-8 strings, as execve(2) takes it. Cleared when disposed.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** strings;
    private readonly int[] sizes;

    public NativeStrings(IReadOnlyList<string> values)
    {
        strings = (byte**)NativeMemory.AllocZeroed((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        sizes = new int[values.Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = Encoding.UTF8.GetByteCount(values[i]);
            strings[i] = (byte*)NativeMemory.AllocZeroed((nuint)sizes[i] + 1);
            Encoding.UTF8.GetBytes(values[i], new Span<byte>(strings[i], sizes[i]));
        }
    }

    public byte** Pointer => strings;

    public void Dispose()
    {
        for (var i = 0; i < sizes.Length; i++)
        {
            NativeMemory.Clear(strings[i], (nuint)sizes[i]);
            NativeMemory.Free(strings[i]);
        }

        NativeMemory.Free(strings);
    }
}
