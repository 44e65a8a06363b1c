using Cove.Outcomes;
using Cove.Policy.Templates;

namespace Cove.Tests.Templates;

public sealed class ArmExpressionTests
{
    [Theory]
    [InlineData("[concat('a', 'b', string(1))]", "ab1")]
    [InlineData("[ concat( 'it''s' , ' ok' ) ]", "it's ok")]
    [InlineData("[format('{0}-{1:D3}', 'x', 7)]", "x-007")]
    [InlineData("[toUpper(substring('abcdef', 2, 3))]", "CDE")]
    [InlineData("[replace(trim('  a-b '), '-', '_')]", "a_b")]
    [InlineData("[if(equals(1, add(0, 1)), 'yes', parameters('nobody'))]", "yes")]
    [InlineData("[if(and(true(), not(false())), first(split('p,q', ',')), 'n')]", "p")]
    [InlineData("[string(createArray(1, 'x', createObject('k', null())))]", "[1,\"x\",{\"k\":null}]")]
    [InlineData("[union(createObject('a', 1, 'n', createObject('x', 1)), createObject('n', createObject('y', 2))).n.y]", "2")]
    [InlineData("[json('{\"a\":[10,20]}').a[1]]", "20")]
    [InlineData("[base64ToString(base64('häh'))]", "häh")]
    [InlineData("[last(createArray('a', 'b'))]", "b")]
    [InlineData("[join(skip(range(1, 4), 2), '+')]", "3+4")]
    [InlineData("[coalesce(null(), 'c')]", "c")]
    [InlineData("[coalesce(createObject('a', 1)?.b, 'none')]", "none")]
    [InlineData("[resourceId('Microsoft.ContainerInstance/containerGroups/', 'g')]",
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/cove/providers/Microsoft.ContainerInstance/containerGroups/g")]
    [InlineData("[resourceId('rg2', 'Microsoft.Network/virtualNetworks/subnets', 'v', 's')]",
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg2/providers/Microsoft.Network/virtualNetworks/v/subnets/s")]
    [InlineData("[resourceGroup().name]", "cove")]
    [InlineData("[toLower(string(length('abc')))]", "3")]
    [InlineData("[string(contains(createArray('a'), 'a'))]", "True")]
    [InlineData("[string(div(mul(7, 3), 2))]", "10")]
    [InlineData("[string(max(1, 9, 4))]", "9")]
    [InlineData("[[not an expression]", "[not an expression]")]
    [InlineData("plain [text]", "plain [text]")]
    public void Evaluates(string text, string expected) => Assert.Equal(expected, Value(text));

    [Theory]
    [InlineData("[nope('x')]", "character 1: function 'nope' is not known")]
    [InlineData("[concat('a', nope())]", "character 13: function 'nope' is not known")]
    [InlineData("[concat('a' 'b')]", "character 12: expected ')', found '''")]
    [InlineData("[concat('a']", "found the end of the expression")]
    [InlineData("['open]", "character 1: the string is not closed")]
    [InlineData("[parameters('absent')]", "declares no parameter 'absent'")]
    [InlineData("[substring('abc', 2, 5)]", "outside the 3 characters")]
    [InlineData("[toLower(1)]", "character 9: function 'toLower': argument 1 is a int, expected a string")]
    [InlineData("[toLower('a', 'b')]", "takes 1 arguments, got 2")]
    [InlineData("[div(1, 0)]", "the result is not a 64-bit number")]
    [InlineData("[createObject('a', 1).b]", "has no member 'b'")]
    [InlineData("[copyIndex()]", "stands outside a copy loop")]
    [InlineData("[newGuid()]", "gives another value each time")]
    [InlineData("[string('a') trailing]", "unexpected 't' after the expression")]
    public void Says_where_and_what_is_wrong(string text, string expected)
    {
        var thrown = Assert.Throws<MalformedException>(() => Value(text));
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Equal("resources[0].properties.containers[0].properties.environmentVariables[0].value", thrown.Field);
    }

    [Fact]
    public void The_same_name_arguments_give_the_same_names()
    {
        Assert.Equal(Value("[uniqueString('a', 'b')]"), Value("[uniqueString('a', 'b')]"));
        Assert.NotEqual(Value("[uniqueString('a', 'b')]"), Value("[uniqueString('a', 'c')]"));
        Assert.Equal(13, Value("[uniqueString('a')]").Length);
        Assert.Equal('5', Guid.Parse(Value("[guid('a')]")).ToString()[14]);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
    {
        var text = $"[{string.Concat(Enumerable.Repeat("string(", 2000))}'x'{new string(')', 2000)}]";
        Assert.Contains("nested deeper than", Assert.Throws<MalformedException>(() => Value(text)).Message, StringComparison.Ordinal);
    }

    private static string Value(string text)
    {
        var json = System.Text.Json.JsonSerializer.Serialize(text);
        var template = Samples.Parse(Samples.Group($$""" "environmentVariables": [ { "name": "V", "value": {{json}} } ], """));
        return template.Groups[0].Containers[0].Environment[0].Value!.Value.Value;
    }
}
