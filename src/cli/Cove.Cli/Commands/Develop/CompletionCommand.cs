using System.CommandLine;
using Cove.Cli.Output;
using Cove.Cli.Shell;

namespace Cove.Cli.Commands.Develop;

internal sealed class CompletionCommand : CoveCommand
{
    private readonly Argument<string> shell = new("shell") { Description = "bash, zsh or fish" };

    public CompletionCommand()
        : base("completion", "print a script that lets a shell complete cove's commands")
    {
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(shell);
        Example("cove completion bash > /etc/bash_completion.d/cove", "for every user of bash");
        Example("cove completion fish > ~/.config/fish/completions/cove.fish", "for fish");
    }

    protected internal override Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var script = call.Get(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        };
        return Task.FromResult(Answer.Of(
            page => page.Document(script),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("script", script);
                writer.WriteEndObject();
            }));
    }

    private const string Bash = """
        _cove() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(cove "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _cove cove

        """;

    private const string Zsh = """
        #compdef cove
        _cove() {
          local -a words_found
          words_found=("${(@f)$(cove "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          compadd -a words_found
          _files
        }
        compdef _cove cove

        """;

    private const string Fish = """
        complete -c cove -a '(set -l line (commandline -cp); cove "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null)'

        """;
}
