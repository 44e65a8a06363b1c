using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cove.Services.Tests;

/// <summary>Azure's own clients, in the scripts of <c>tests/clients</c>.</summary>
internal static class ClientScript
{
    // The distribution's own interpreter: it is the one for which python3-azure is installed.
    private const string Python = "/usr/bin/python3";
    private const string PythonPackages = "/usr/lib/python3/dist-packages/azure/keyvault";

    /// <summary>Runs a script to its end, by the language of its name; skips the test where the clients are not installed.</summary>
    /// <returns>The JSON object that it printed.</returns>
    public static async Task<JsonNode> RunAsync(string script, IReadOnlyDictionary<string, string> environment)
    {
        var folder = Folder();
        var isPython = Path.GetExtension(script) == ".py";
        if (isPython) Assert.SkipUnless(folder is not null && File.Exists(Python) && Directory.Exists(PythonPackages), "the clients are not here: sudo apt-get install -y --no-install-recommends python3-azure");
        else Assert.SkipUnless(folder is not null && Directory.Exists(Path.Combine(folder, "node_modules", "@azure", "keyvault-secrets")), "the clients are not here: npm ci --prefix tests/clients");
        var start = new ProcessStartInfo(isPython ? Python : "node", [script]) { WorkingDirectory = folder!, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var client = Process.Start(start)!;
        var errors = client.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await client.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(client.ExitCode == 0, await errors);
        return JsonNode.Parse(output)!;
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) return Path.Combine(folder.FullName, "tests", "clients");
        return null;
    }
}
