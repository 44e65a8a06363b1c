using System.Buffers.Binary;
using Cove.Fuzz.Coverage;
using Microsoft.Win32.SafeHandles;

namespace Cove.Fuzz.Afl;

/// <summary>
/// The target's side of AFL++'s fork server protocol, without the fork: a .NET process cannot fork, so every input runs in this one,
/// and a broken rule is reported as the death of a child that never was.
/// </summary>
internal sealed unsafe class ForkServer(Execution execution, RunState state)
{
    private const int Control = 198;                 // FORKSRV_FD
    private const int Status = 199;
    private const uint Enabled = 0x80000001;         // FS_OPT_ENABLED
    private const uint SharedInputs = 0x01000000;    // FS_OPT_SHDMEM_FUZZ
    private const uint Aborted = 6;                  // as waitpid says it: ended by SIGABRT

    public void Serve()
    {
        using var control = new FileStream(new SafeFileHandle(Control, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var status = new FileStream(new SafeFileHandle(Status, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        Trace.CountIn(SharedMemory.Map("__AFL_SHM_ID"));
        Write(status, Enabled | SharedInputs);
        if (Read(control) is not { } answer || (answer & (Enabled | SharedInputs)) != (Enabled | SharedInputs))
            throw new InvalidOperationException("this afl-fuzz does not share inputs in memory");
        var input = SharedMemory.Map("__AFL_SHM_FUZZ_ID");
        while (Read(control) is not null)
        {
            Write(status, (uint)Environment.ProcessId);
            Write(status, Run(new ReadOnlySpan<byte>(input + sizeof(uint), *(int*)input)) ? 0 : Aborted);
        }
    }

    private bool Run(ReadOnlySpan<byte> input)
    {
        state.Start(input);
        Trace.Restart();
        try
        {
            state.Finish(execution.Run(input));
            return true;
        }
        catch (InvalidOperationException)
        {
            state.Finish(default);
            return false;
        }
    }

    private static uint? Read(FileStream stream)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        return stream.ReadAtLeast(word, word.Length, throwOnEndOfStream: false) == word.Length ? BinaryPrimitives.ReadUInt32LittleEndian(word) : null;
    }

    private static void Write(FileStream stream, uint value)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(word, value);
        stream.Write(word);
    }
}
