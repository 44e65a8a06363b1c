using System.Runtime.InteropServices;
using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Launch;
using Cove.Runtime.Launch;
using Cove.Runtime.Shim.Commands;
using Cove.Runtime.Simulation;

// Cove.Runtime launch           reads a launch spec from standard input, runs the group, writes one event a line to standard output
// Cove.Runtime shim …           is containerd's shim, containerd-shim-cove-v2 (Shim/)
// Cove.Runtime processor DIR    makes the simulated processor's keys if there are none, prints the path of its root certificate
switch (args)
{
    case ["launch"]:
        return await LaunchAsync();
    case ["shim", .. var rest]:
        return await ShimCommand.RunAsync(rest);
    case ["processor", var folder]:
        var store = new SimulatedChipStore(folder, TimeProvider.System);
        store.Open().Dispose();
        Console.Out.WriteLine(store.RootPath);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: Cove.Runtime launch < SPEC | Cove.Runtime shim ARGUMENTS | Cove.Runtime processor FOLDER");
        return 2;
}

static async Task<int> LaunchAsync()
{
    using var stop = new CancellationTokenSource();
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    await using var output = Console.OpenStandardOutput();
    var events = new EventWriter(output);
    try
    {
        await using var input = Console.OpenStandardInput();
        var spec = await JsonSerializer.DeserializeAsync(input, LaunchJson.Default.LaunchSpec)
            ?? throw new JsonException("the launch spec is null");
        await new GroupLauncher(spec, events, TimeProvider.System).RunAsync(stop.Token);
        return 0;
    }
    catch (Exception failure)
    {
        events.Write(Describe(failure));
        return 1;
    }
}

static LaunchEvent.LaunchFailed Describe(Exception failure) => failure switch
{
    DeniedException denied => new("denied", denied.Message, "cove policy explain TEMPLATE", denied.Findings),
    GroupBusyException busy => new("group-busy", busy.Message, "cove ps", []),
    GuestFailedException failed => new(failed.Code, failed.Message, null, []),
    UnavailableException gone => new("unavailable", gone.Message, "cove doctor", []),
    MalformedException malformed => new("malformed", malformed.Message, null, []),
    JsonException json => new("malformed", $"the launch spec is not valid: {json.Message}", null, []),
    System.ComponentModel.Win32Exception refused => new("not-permitted", refused.Message, "cove doctor", []),
    OperationCanceledException => new("interrupted", "stopped before the group ran", null, []),
    _ => new("bug", failure.ToString(), null, []),
};
