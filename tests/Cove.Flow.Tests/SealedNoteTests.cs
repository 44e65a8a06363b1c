using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>The README's first command, and what must not work.</summary>
public sealed class SealedNoteTests : IClassFixture<CoveProgram>
{
    private readonly CoveProgram cove;

    public SealedNoteTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        this.cove = cove;
    }

    [Fact]
    public async Task The_note_is_printed_and_the_answer_is_one_document()
    {
        var said = (await cove.RunAsync("run", cove.Sample, "--json")).ExitedWith(0);
        var answer = said.Json;
        Assert.Matches("^[0-9a-f]{64}$", answer.GetProperty("policyHash").GetString());
        Assert.Equal("process", answer.GetProperty("isolation").GetString());
        Assert.True(answer.GetProperty("simulated").GetBoolean());
        var note = Container(answer, "note");
        Assert.Equal(0, note.GetProperty("exitCode").GetInt32());
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(cove.Sample, "note.txt")), note.GetProperty("logs").GetString());
        Assert.Equal(JsonValueKind.Number, Container(answer, "skr").GetProperty("exitCode").ValueKind);
    }

    [Fact]
    public async Task A_run_tells_its_steps_on_standard_error_and_the_note_on_standard_output()
    {
        var said = (await cove.RunAsync("run", cove.Sample)).ExitedWith(0);
        Assert.Contains(await File.ReadAllTextAsync(Path.Combine(cove.Sample, "note.txt")), said.Out);
        foreach (var step in (string[])["image", "services", "policy", "key", "launch", "agent", "ended"]) Assert.Contains($"\n{step} ", "\n" + said.Error);
        Assert.Contains("protects nothing", said.Error);
    }

    [Fact]
    public async Task The_readme_shows_what_a_run_prints()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(cove.Sample, "..", "..", "README.md"));
        var block = readme[readme.IndexOf("image     cove.sample", StringComparison.Ordinal)..];
        var shown = block[..block.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var said = (await cove.RunAsync("run", cove.Sample)).ExitedWith(0);
        var told = (said.Error + said.Out).Split('\n');
        Assert.All(shown, line => Assert.Contains(told, actual => Like(line, actual)));
    }

    [Fact]
    public async Task A_group_that_ended_leaves_no_mount_and_no_process_behind()
    {
        (await cove.RunAsync("run", cove.Sample)).ExitedWith(0);
        Assert.DoesNotContain(cove.Home, await File.ReadAllTextAsync("/proc/self/mounts"));
        Assert.Empty(ProcessesOf(Path.Combine(cove.Home, "groups")));
        Assert.Contains("ended", (await cove.RunAsync("ps")).ExitedWith(0).Out);
    }

    [Fact]
    public async Task The_policy_hash_that_policy_generate_prints_is_the_one_in_the_evidence()
    {
        var answer = (await cove.RunAsync("run", cove.Sample, "--json")).ExitedWith(0).Json;
        var template = Path.Combine(cove.Sample, "template.json");
        var printed = (await cove.RunAsync("policy", "generate", "-a", template, "--hash")).ExitedWith(0).Out.Trim();
        Assert.Equal(answer.GetProperty("policyHash").GetString(), printed);
        var policy = (await cove.RunAsync("policy", "generate", "-a", template)).ExitedWith(0).Out;
        Assert.StartsWith("package policy", policy);
    }

    [Fact]
    public async Task A_layer_altered_by_one_byte_does_not_start()
    {
        await using var home = new CoveProgram();
        (await home.RunAsync("run", home.Sample)).ExitedWith(0);
        foreach (var layer in Directory.GetFiles(home.Home, "*.ext4", SearchOption.AllDirectories)) Flip(layer);
        var answer = (await home.RunAsync("run", home.Sample, "--json")).ExitedWith(3).Json;
        var findings = answer.GetProperty("error").GetProperty("findings");
        Assert.NotEqual(0, findings.GetArrayLength());
    }

    [Fact]
    public async Task An_exec_that_the_policy_does_not_list_is_denied_with_container_and_field()
    {
        await using var home = new CoveProgram();
        (await home.RunAsync("run", "-d", home.Sample)).ExitedWith(0);
        try
        {
            var error = (await home.RunAsync("exec", "sealed-note", "skr", "--json", "--", "/bin/sh", "-c", "id")).ExitedWith(3).Json.GetProperty("error");
            Assert.Contains(error.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("field").GetString()!.Contains("containers[skr].exec_processes"));
        }
        finally
        {
            (await home.RunAsync("stop", "sealed-note")).ExitedWith(0);
        }

        (await home.RunAsync("rm", "sealed-note")).ExitedWith(0);
        Assert.Contains("no groups", (await home.RunAsync("ps")).Out);
    }

    [Fact]
    public async Task A_group_under_another_policy_gets_no_key()
    {
        await using var home = new CoveProgram();
        (await home.RunAsync("run", home.Sample)).ExitedWith(0);

        // The same template but for one variable; the owner's key stays as it was made for the original.
        var copy = home.CopySample();
        try
        {
            var template = Path.Combine(copy, "template.json");
            await File.WriteAllTextAsync(template, (await File.ReadAllTextAsync(template)).Replace("\"value\": \"info\"", "\"value\": \"debug\""));
            var project = Path.Combine(copy, "cove.json");
            var text = await File.ReadAllTextAsync(project);
            text = text[..text.IndexOf("\"keys\"", StringComparison.Ordinal)] + text[text.IndexOf("\"parameters\"", StringComparison.Ordinal)..];
            text = string.Join('\n', text.Split('\n').Where(line => !line.Contains("\"sealed\"")));
            await File.WriteAllTextAsync(project, text.Replace("\"certificate-authority\" },", "\"certificate-authority\" }"));

            var answer = (await home.RunAsync("run", copy, "--json")).ExitedWith(1).Json;
            Assert.Contains("not released", Container(answer, "note").GetProperty("logs").GetString());
            var log = Container(answer, "skr").GetProperty("logs").GetString();
            Assert.Contains("403", log);
            Assert.Contains("x-ms-sevsnpvm-hostdata", log);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>As in the transcripts of the command line: <c>[..]</c> stands for anything. Ports and whether services had to be started differ from run to run.</summary>
    private static bool Like(string shown, string actual)
    {
        if (shown.StartsWith("services", StringComparison.Ordinal)) return actual.StartsWith("services", StringComparison.Ordinal);
        var parts = shown.Split("[..]");
        return parts.Length == 1 ? actual == shown : actual.StartsWith(parts[0], StringComparison.Ordinal) && actual.EndsWith(parts[^1], StringComparison.Ordinal);
    }

    private static JsonElement Container(JsonElement answer, string name) =>
        answer.GetProperty("containers").EnumerateArray().Single(container => container.GetProperty("name").GetString() == name);

    private static void Flip(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Position = stream.Length / 2;
        var value = stream.ReadByte();
        stream.Position--;
        stream.WriteByte((byte)(value ^ 1));
    }

    private static List<string> ProcessesOf(string folder) =>
    [
        .. Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)).Select(CommandLine).Where(line => line.Contains(folder, StringComparison.Ordinal)),
    ];

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return ""; // it ended meanwhile
        }
    }
}
