using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cove.Services.Tests;

/// <summary>Azure's JavaScript clients, in the scripts of <c>tests/clients</c>.</summary>
internal static class JavaScriptClient
{
    /// <summary>Runs a script to its end; skips the test where the clients are not installed.</summary>
    /// <returns>The JSON object that it printed.</returns>
    public static async Task<JsonNode> RunAsync(string script, IReadOnlyDictionary<string, string> environment)
    {
        var folder = Folder();
        Assert.SkipUnless(folder is not null && Directory.Exists(Path.Combine(folder, "node_modules", "@azure", "attestation")), "the clients are not here: npm ci --prefix tests/clients");
        var start = new ProcessStartInfo("node", [script]) { WorkingDirectory = folder!, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var node = Process.Start(start)!;
        var errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, await errors);
        return JsonNode.Parse(output)!;
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) return Path.Combine(folder.FullName, "tests", "clients");
        return null;
    }
}
