using System.Text;
using Cove.Outcomes;

namespace Cove.Policy.Compose;

/// <summary>A command line in one text, split as a shell splits it: quotes and backslashes, nothing else.</summary>
internal static class ShellWords
{
    /// <exception cref="MalformedException">A quote is not closed.</exception>
    internal static IReadOnlyList<string> Split(string text, string path)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                // Within double quotes a backslash stands for itself, save before what it could quote.
                if (quote == '"' && text[i + 1] is not ('"' or '\\' or '$' or '`')) (word ??= new()).Append('\\');
                (word ??= new()).Append(text[++i]);
            }
            else if (quote != '\0')
            {
                if (letter == quote) quote = '\0';
                else word!.Append(letter);
            }
            else if (letter is '"' or '\'')
            {
                quote = letter;
                word ??= new();
            }
            else if (letter is ' ' or '\t' or '\n')
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else
            {
                (word ??= new()).Append(letter);
            }
        }

        if (quote != '\0') throw new MalformedException(ComposeFile.Format, path, "has a quote that is not closed");
        if (word is not null) words.Add(word.ToString());
        return words;
    }
}
