using System.Text.Json;

namespace Cove.Tests.Flow;

/// <summary>What a command answered.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record Said(int Code, string Out, string Error)
{
    /// <summary>Standard output as the one JSON document that <c>--json</c> promises.</summary>
    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Out);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Asserts the exit code, showing everything that was said where it differs.</summary>
    public Said ExitedWith(int code)
    {
        Assert.True(Code == code, $"exit {Code}, expected {code}\n--- stdout\n{Out}\n--- stderr\n{Error}");
        return this;
    }
}
