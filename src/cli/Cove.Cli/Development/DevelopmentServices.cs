using System.Text.Json;
using Cove.Formats.Files;

namespace Cove.Cli.Development;

/// <summary>The attestation service and the key service for development, as processes that outlive the command that started them.</summary>
internal sealed class DevelopmentServices(CoveHome home, TimeProvider time)
{
    public const string Attestation = "attestation", Keys = "keys";

    public static readonly string[] Names = [Attestation, Keys];

    public DevelopmentFolder Folder { get; } = new(home, time);

    /// <summary>What is known of them: running or not.</summary>
    public ServiceState State()
    {
        var state = Read();
        return state with
        {
            AttestationProcess = Alive(state.AttestationProcess, Attestation),
            KeyProcess = Alive(state.KeyProcess, Keys),
        };
    }

    /// <summary>Makes sure that both serve.</summary>
    /// <returns>Where they are, and whether one had to be started.</returns>
    public async Task<(ServiceState State, bool Started)> EnsureUpAsync(CancellationToken cancellation)
    {
        Folder.Complete();
        using var turn = await TakeTurnAsync(cancellation);
        var state = State();
        if (state is { AttestationProcess: not null, KeyProcess: not null }) return (state, false);

        var root = await EnsureProcessorRootAsync(cancellation);
        for (var tries = 1; ; tries++)
        {
            state = await ChoosePortsAsync(State(), cancellation);
            var attestation = state.AttestationProcess is null ? ServiceProcess.Start(Folder, Attestation, Product.AttestationService, AttestationArguments(state, root)) : null;
            var keys = state.KeyProcess is null ? ServiceProcess.Start(Folder, Keys, Product.KeyService, KeyArguments(state)) : null;
            state = state with { AttestationProcess = attestation?.Id ?? state.AttestationProcess, KeyProcess = keys?.Id ?? state.KeyProcess };
            Write(state);
            try
            {
                if (attestation is not null) await attestation.ReadyAsync(cancellation);
                if (keys is not null) await keys.ReadyAsync(cancellation);
                return (state, true);
            }
            catch (CommandFailedException) when (tries < ServiceProcess.MaximumStarts && (attestation?.HasLost(state.AttestationPort) is true || keys?.HasLost(state.KeyPort) is true))
            {
                // Both know the other's or their own URL, so both begin again.
                foreach (var started in new[] { attestation, keys })
                {
                    if (started is { HasEnded: false }) await ServiceProcess.StopAsync(started.Id, cancellation);
                }
            }
        }
    }

    /// <summary>Stops both.</summary>
    /// <returns>The names of those that were running.</returns>
    public async Task<IReadOnlyList<string>> DownAsync(CancellationToken cancellation)
    {
        if (!File.Exists(Folder.Services)) return [];
        using var turn = await TakeTurnAsync(cancellation);
        var state = State();
        var stopped = new List<string>();
        foreach (var (name, process) in new[] { (Keys, state.KeyProcess), (Attestation, state.AttestationProcess) })
        {
            if (process is not { } id) continue;
            await ServiceProcess.StopAsync(id, cancellation);
            stopped.Add(name);
        }

        Write(state with { AttestationProcess = null, KeyProcess = null });
        return stopped;
    }

    private string[] AttestationArguments(ServiceState state, string root) =>
    [
        "--listen", $"127.0.0.1:{state.AttestationPort}", "--issuer", state.AttestationUrl.AbsoluteUri.TrimEnd('/'),
        "--data", Folder.Data(Attestation), "--tls-certificate", Folder.Certificate(Attestation), "--tls-key", Folder.CertificateKey(Attestation),
        "--development-root", root,
    ];

    private string[] KeyArguments(ServiceState state) =>
    [
        "--listen", $"127.0.0.1:{state.KeyPort}", "--vault-url", state.KeyUrl.AbsoluteUri.TrimEnd('/'),
        "--data", Folder.Data(Keys), "--tls-certificate", Folder.Certificate(Keys), "--tls-key", Folder.CertificateKey(Keys),
        "--authority", $"{state.AttestationUrl.AbsoluteUri.TrimEnd('/')}={Folder.AuthorityFile}",
        "--access-issuer", $"{DevelopmentFolder.IdentityIssuer}={Folder.IdentityKeys}", "--master-key", Folder.MasterKey,
    ];

    private async Task<string> EnsureProcessorRootAsync(CancellationToken cancellation)
    {
        var (code, output, error) = await Programs.RunAsync("dotnet", [Product.Runtime, "processor", CoveHome.Ensure(home.Processor)], cancellation);
        return code == 0 && File.Exists(output.Trim())
            ? output.Trim()
            : throw CommandFailedException.Unavailable("processor-failed", $"the simulated processor could not be made: {error.Trim()}");
    }

    private int? Alive(int? process, string service) => process is { } id && ServiceProcess.IsAlive(id, Folder.Certificate(service)) ? id : null;

    /// <summary>Ports for what does not run. A key service that trusts the attestation service at another port is stopped, to begin again.</summary>
    private static async Task<ServiceState> ChoosePortsAsync(ServiceState state, CancellationToken cancellation)
    {
        if (state.AttestationProcess is null)
        {
            var port = FreePort(state.AttestationPort);
            if (port != state.AttestationPort && state.KeyProcess is { } outdated)
            {
                await ServiceProcess.StopAsync(outdated, cancellation);
                state = state with { KeyProcess = null };
            }

            state = state with { AttestationPort = port };
        }

        return state.KeyProcess is null ? state with { KeyPort = FreePort(state.KeyPort, state.AttestationPort) } : state;
    }

    /// <summary>The port as before if nobody else took it, otherwise a free one. Once chosen it stays, since policies name it.</summary>
    private static int FreePort(int wanted, int taken = 0) => wanted != taken && LocalPort.IsFree(wanted) ? wanted : LocalPort.Any();

    /// <summary>One command at a time starts or stops services; the others wait here.</summary>
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(Folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellation);
            }
        }
    }

    private ServiceState Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Folder.Services), DevelopmentJson.Default.ServiceState) ?? ServiceState.Default;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return ServiceState.Default;
        }
    }

    private void Write(ServiceState state)
    {
        WholeFile.Replace(Folder.Services, JsonSerializer.SerializeToUtf8Bytes(state, DevelopmentJson.Default.ServiceState));
    }
}
