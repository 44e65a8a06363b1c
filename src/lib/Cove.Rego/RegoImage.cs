using Cove.Rego.Analysis;
using Cove.Rego.Linking;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>
/// Modules that were compiled before, by <see cref="RegoCompiler.CompileImage"/>: joined with others by <see cref="RegoCompiler.Link"/> they cost next to
/// nothing to load, because each rule is read when it is first needed. An image is trusted as code is: read only images that come with the program.
/// Immutable, and shared by any number of threads.
/// </summary>
public sealed class RegoImage
{
    private readonly byte[] bytes;
    private readonly Strings strings;
    private readonly Module[] modules;
    private readonly int names;
    private readonly RefTerm[] outward;
    private readonly int tree;
    private readonly int bodies;
    private int[]? written;

    private RegoImage(byte[] bytes, Func<string, string> textOf)
    {
        this.bytes = bytes;
        if (bytes.Length < Mark.Length || !bytes.AsSpan(0, Mark.Length).SequenceEqual(Mark))
            throw new FormatException("these bytes are no image of compiled modules, or one of another version");
        var source = new ByteSource(bytes, Mark.Length);
        IsV1 = source.Flag();
        Locals = source.Number();
        var heads = new (int File, bool IsV1, int[] Package)[source.Count()];
        for (var i = 0; i < heads.Length; i++) heads[i] = (source.Number(), source.Flag(), Numbers(source));
        strings = new Strings(bytes, source);
        modules = Array.ConvertAll(heads, head => new Module(new SourceText(strings.Text(head.File), textOf), head.IsV1) { Package = Package(head.Package) });
        names = source.Section();
        outward = Outward(source.Section());
        tree = source.Section();
        bodies = source.Section();
        if (source.At != bytes.Length) throw new FormatException($"the image goes on behind its end, at {source.At}");
    }

    /// <summary>What an image begins with; the last letter is the version of the form.</summary>
    internal static ReadOnlySpan<byte> Mark => "REGOI1"u8;

    /// <summary>Whether modules were read as version 1 unless they said otherwise.</summary>
    internal bool IsV1 { get; }

    /// <summary>How many locals have names.</summary>
    internal int Locals { get; }

    /// <summary>Opens an image.</summary>
    /// <param name="image">What <see cref="RegoCompiler.CompileImage"/> gave.</param>
    /// <param name="textOf">Gives the text of one of its files by name, for messages and explanations that show it.</param>
    /// <exception cref="FormatException">The bytes are no image, or one of another version. A damaged one may fail later, when a rule is first needed.</exception>
    public static RegoImage Read(byte[] image, Func<string, string> textOf) => new(image, textOf);

    /// <summary>The name that was written for a local of the image, or null.</summary>
    internal string? Written(string local)
    {
        var number = CompilerState.LocalNumber(local);
        if (number < 0 || number >= Locals) return null;
        var index = (written ??= ReadWritten())[number];
        return index == 0 ? null : strings.Text(index - 1);
    }

    /// <summary>Whether a module could add to what the image defines, or to what is above it.</summary>
    internal bool Overlaps(RefTerm package)
    {
        foreach (var module in modules)
        {
            var shorter = Math.Min(module.Package.Parts.Count, package.Parts.Count);
            var at = 1;
            while (at < shorter && ((ScalarTerm)module.Package.Parts[at]).Value == ((ScalarTerm)package.Parts[at]).Value) at++;
            if (at == shorter) return true;
        }

        return false;
    }

    internal void AddTo(RuleTree into) => AddChildren(into.Root, new ByteSource(bytes, tree), into);

    /// <summary>What the image's rules refer to must be documents: a function there would have been an error.</summary>
    internal void CheckUses(CompilerState state)
    {
        foreach (var reference in outward)
            if (state.Tree.Find(reference, out _) is { IsFunction: true } node)
                state.Report(RegoError.TypeCode, Location.None, $"function {node.PathText()} used as reference, not called");
    }

    internal List<Rule> ReadRules(LinkedNode node)
    {
        var source = new ByteSource(bytes, bodies + node.Place);
        var reader = new TermReader(strings, source, modules);
        new TypeReader(source, reader).Type();
        var rules = new List<Rule>(source.Count());
        for (var i = 0; i < rules.Capacity; i++) rules.Add(reader.Rule());
        return rules;
    }

    internal RegoType? ReadType(LinkedNode node)
    {
        var source = new ByteSource(bytes, bodies + node.Place);
        return new TypeReader(source, new TermReader(strings, source, modules)).Type();
    }

    private static int[] Numbers(ByteSource source)
    {
        var numbers = new int[source.Count()];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = source.Number();
        return numbers;
    }

    private RefTerm Package(int[] steps) => new(Location.None, [new VarTerm(Location.None, Names.Data), .. steps.Select(step => new ScalarTerm(Location.None, strings.Value(step)))]);

    private RefTerm[] Outward(int place)
    {
        var source = new ByteSource(bytes, place);
        var values = new TermReader(strings, source, modules);
        var found = new RefTerm[source.Count()];
        for (var i = 0; i < found.Length; i++)
        {
            var steps = source.Count();
            var parts = new List<Term>(steps + 1) { new VarTerm(Location.None, Names.Data) };
            for (var step = 0; step < steps; step++) parts.Add(source.Flag() ? new ScalarTerm(Location.None, values.Value()) : new VarTerm(Location.None, "$"));
            found[i] = new RefTerm(Location.None, parts);
        }

        return found;
    }

    private int[] ReadWritten()
    {
        var source = new ByteSource(bytes, names);
        var read = new int[Locals];
        for (var i = 0; i < read.Length; i++) read[i] = source.Number();
        return read;
    }

    private void AddChildren(RuleNode parent, ByteSource source, RuleTree into)
    {
        var count = source.Count();
        for (var i = 0; i < count; i++)
        {
            var key = new TermReader(strings, source, modules).Value();
            var bits = source.Byte();
            AddChildren(parent.AddChild(key, ReadNode(source, bits), into), source, into);
        }
    }

    private LinkedNode ReadNode(ByteSource source, int bits)
    {
        if ((bits & 1) == 0) return new LinkedNode(this);
        var (arity, place) = (source.Number() - 1, source.Number());
        var uses = new RefTerm[source.Count()];
        for (var i = 0; i < uses.Length; i++) uses[i] = outward[source.Number()];
        return new LinkedNode(this) { HasRules = true, HasVariables = (bits & 2) != 0, IsMulti = (bits & 4) != 0, Arity = arity, Place = place, Outward = uses };
    }
}
