using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace Cove.Fuzz.Coverage;

/// <summary>Rewrites compiled libraries so that every block of every method reports to <see cref="Trace"/>.</summary>
internal static class Instrumenter
{
    /// <summary>Rewrites the product's libraries in a folder, in place.</summary>
    /// <returns>How many blocks report now.</returns>
    public static int Instrument(string folder)
    {
        var numbers = new Random(0); // Not for secrecy: numbers that are spread out and the same in every run.
        var blocks = 0;
        foreach (var file in Directory.GetFiles(folder, "Cove.*.dll").Where(file => !Path.GetFileName(file).StartsWith("Cove.Fuzz", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var resolver = new DefaultAssemblyResolver();
            resolver.AddSearchDirectory(folder);
            resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
            using var library = ModuleDefinition.ReadModule(file, new ReaderParameters { AssemblyResolver = resolver, InMemory = true, ReadSymbols = File.Exists(Path.ChangeExtension(file, ".pdb")) });
            var hit = library.ImportReference(typeof(Trace).GetMethod(nameof(Trace.Hit)));
            foreach (var method in library.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
                blocks += Instrument(method.Body, hit, numbers);
            library.Write(file, new WriterParameters { WriteSymbols = library.HasSymbols });
        }

        return blocks;
    }

    private static int Instrument(MethodBody body, MethodReference hit, Random numbers)
    {
        body.SimplifyMacros();
        var starts = BlockStarts(body);
        var code = body.GetILProcessor();
        foreach (var start in starts)
        {
            // The first instruction becomes the report, in place, so that everything that leads to the block leads to the report.
            var original = Instruction.Create(OpCodes.Nop);
            (original.OpCode, original.Operand) = (start.OpCode, start.Operand);
            (start.OpCode, start.Operand) = (OpCodes.Ldc_I4, numbers.Next(Trace.MapSize));
            var report = Instruction.Create(OpCodes.Call, hit);
            code.InsertAfter(start, report);
            code.InsertAfter(report, original);
        }

        body.OptimizeMacros();
        return starts.Count;
    }

    private static HashSet<Instruction> BlockStarts(MethodBody body)
    {
        HashSet<Instruction> starts = [body.Instructions[0]];
        foreach (var instruction in body.Instructions)
        {
            if (instruction.Operand is Instruction target) starts.Add(target);
            if (instruction.Operand is Instruction[] targets) starts.UnionWith(targets);
            if (instruction.OpCode.FlowControl == FlowControl.Cond_Branch && instruction.Next is { } next) starts.Add(next);
        }

        foreach (var handler in body.ExceptionHandlers)
        {
            starts.Add(handler.HandlerStart);
            if (handler.FilterStart is { } filter) starts.Add(filter);
        }

        return starts;
    }
}
