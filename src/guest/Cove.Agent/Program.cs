using System.Runtime.InteropServices;
using Cove.Agent;
using Cove.Agent.Machines;
using Cove.Guest.Linux;

const int Usage = 2;
const int NotPermitted = 6;
const int WaitingThreads = 256;

// Whatever is read here, pipes of containers, terminals, a machine's port, holds a thread of the pool while it waits. Beyond this number, by default that of
// the processors, the pool makes another only every half second. None is made before it is needed.
ThreadPool.SetMinThreads(WaitingThreads, WaitingThreads);

using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);

// Without words: by the kernel, as a machine's first process. Nobody else can start it so, since a namespace's first has a /proc already.
if (args.Length == 0 && Environment.ProcessId == 1 && !Directory.Exists("/proc/self")) return await Machine.RunAsync(TimeProvider.System, stop);

if (AgentOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(AgentOptions.Usage);
    return Usage;
}

// The agent makes every mount of its namespace private and reaps every orphan: only right as the first process of namespaces of its own.
if (Environment.ProcessId != 1)
{
    await Console.Error.WriteLineAsync("cove-agent: error: it must be the first process of its own namespaces");
    await Console.Error.WriteLineAsync("cove-agent: hint: unshare --mount --pid --fork --mount-proc Cove.Agent …");
    return NotPermitted;
}

try
{
    await AgentHost.RunAsync(options, TimeProvider.System, stop.Token);
    return 0;
}
catch (LinuxException refused)
{
    await Console.Error.WriteLineAsync($"cove-agent: error: {refused.Message}");
    return NotPermitted;
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
