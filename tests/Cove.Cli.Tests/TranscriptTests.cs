using Cove.Tests;

namespace Cove.Cli.Tests;

/// <summary>Every transcript, run in order at one desk a file, with the files of <c>Transcripts/files</c> on it.</summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Files() => [.. Directory.GetFiles(Transcript.Folder, "*.txt").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_command_says_what_its_transcript_says(string file)
    {
        using var desk = new Desk();
        CopyFiles(Path.Combine(Transcript.Folder, "files"), desk);
        var path = Path.Combine(Transcript.Folder, file);
        foreach (var (_, name, vector, length) in Transcript.VectorsOf(path))
        {
            var bytes = await File.ReadAllBytesAsync(Vectors.Path(vector.Split('/')));
            desk.Write(name, bytes[..(length ?? bytes.Length)]);
        }

        var transcripts = Transcript.Read(path).ToArray();
        var (rendered, wrong) = (string.Concat(Transcript.VectorsOf(path).Select(v => v.Line + "\n")), new List<string>());
        if (rendered.Length > 0) rendered += "\n";
        foreach (var transcript in transcripts)
        {
            var said = await desk.Cove(transcript.Words);
            var matches = transcript.Exit == said.Exit && Transcript.Matches(transcript.Out, said.Out) && Transcript.Matches(transcript.Error, said.Error);
            rendered += matches ? transcript.Render(new(transcript.Exit, transcript.Out, transcript.Error)) : transcript.Render(said);
            if (!matches) wrong.Add($"{file}:{transcript.Line}\n{transcript.Render(said)}");
        }

        // COVE_WRITE=1 writes what was said, for a person to review in the diff; the run fails all the same.
        if (wrong.Count > 0 && Environment.GetEnvironmentVariable("COVE_WRITE") == "1")
            await File.WriteAllTextAsync(path, rendered.TrimEnd('\n') + "\n");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void A_transcript_with_other_words_does_not_match()
    {
        Assert.True(Transcript.Matches("a [..] c\n", "a b b c\n"));
        Assert.False(Transcript.Matches("a [..] c\n", "a b b d\n"));
        Assert.False(Transcript.Matches("a\n", "a\nb\n"));
        Assert.False(Transcript.Matches("ab[..]bc", "abc"));
    }

    private static void CopyFiles(string from, Desk desk)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            desk.Write(Path.GetRelativePath(from, file), File.ReadAllBytes(file));
    }
}
