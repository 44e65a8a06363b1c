using System.Text;
using Cove.Outcomes;
using Cove.Policy.Templates;
using FsCheck;
using FsCheck.Fluent;

namespace Cove.Tests.Templates;

public sealed class ArmPropertyTests
{
    private static readonly string[] Parts =
        ["concat(", "parameters(", "'a'", "'", ")", ",", "[", "]", ".x", "?.", "0", "-1", "if(", "json('{}')", " ", "copyIndex()", "createArray(", "\0", "é"];

    [Fact]
    public void Any_text_in_brackets_parses_or_says_where_it_does_not() =>
        Prop.ForAll<int[]>(picks =>
        {
            var text = $"[{string.Concat(picks.Select(pick => Parts[(pick & int.MaxValue) % Parts.Length]))}]";
            if (!ArmExpressionParser.IsExpression(text)) return;
            try
            {
                ArmExpressionParser.Parse(text);
            }
            catch (ArmSyntaxException e)
            {
                Assert.InRange(e.Offset, 0, text.Length);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_template_with_one_byte_altered_is_read_or_refused_as_malformed()
    {
        var template = Encoding.UTF8.GetBytes(Samples.Group(""" "command": [ "[concat('a', string(1))]" ], "environmentVariables": [ { "name": "A", "value": "b" } ], """));
        Prop.ForAll<int, byte>((at, value) =>
        {
            var altered = template.ToArray();
            altered[(at & int.MaxValue) % altered.Length] = value;
            try
            {
                Assert.NotEmpty(ArmTemplate.Parse(altered).Groups);
            }
            catch (MalformedException e)
            {
                Assert.NotEmpty(e.Field);
            }
        }).QuickCheckThrowOnFailure();
    }
}
