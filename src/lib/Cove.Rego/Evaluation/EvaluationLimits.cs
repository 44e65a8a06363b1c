using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

internal sealed partial class EvaluationContext
{
    private const int StepsBetweenChecks = 4096;
    private EvaluationOptions _options = null!;
    private CancellationToken _cancellation;
    private int _countdown;
    private long _steps;
    private long _allocatedAtStart;
    private long _startedAt;
    private RegoValue? _now;
    private string? _pendingMessage;
    private string _pendingCode = "";
    private Dictionary<(string, RegoValue), RegoValue?>? _once;

    public EvaluationOptions Options => _options;

    /// <summary>The network that the policy may use, or null.</summary>
    public RegoNetwork? Network => Program.State.Options.Capabilities.Network;

    public RegoLimits Limits => _options.Limits;

    /// <summary>The first failure of a builtin, kept when the evaluation is strict.</summary>
    public RegoEvaluationException? FirstFailure { get; private set; }

    private void BeginLimits(EvaluationOptions options)
    {
        _options = options;
        _cancellation = options.Cancellation;
        _countdown = StepsBetweenChecks;
        _steps = 0;
        _allocatedAtStart = -1;
        _startedAt = 0;
        _now = null;
        _pendingMessage = null;
        FirstFailure = null;
    }

    private void EndLimits()
    {
        _once?.Clear();
        _cancellation = default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CountStep()
    {
        if (--_countdown <= 0) CheckLimits();
    }

    /// <summary>Charges work that is done in one go.</summary>
    public void CountSteps(int steps)
    {
        _countdown -= steps;
        if (_countdown <= 0) CheckLimits();
    }

    private void CheckLimits()
    {
        _steps += StepsBetweenChecks - _countdown;
        _countdown = StepsBetweenChecks;
        if (_cancellation.IsCancellationRequested)
            throw new RegoEvaluationException(RegoEvaluationProblem.Cancelled, "eval_cancel_error", "caller cancelled query execution");
        if (_steps > Limits.MaxSteps) throw RegoEvaluationException.Limit($"more than {Limits.MaxSteps} steps");
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (_allocatedAtStart < 0) _allocatedAtStart = allocated;
        else if (allocated - _allocatedAtStart > Limits.MaxAllocatedBytes) throw RegoEvaluationException.Limit($"more than {Limits.MaxAllocatedBytes} bytes allocated");
        var now = Stopwatch.GetTimestamp();
        if (_startedAt == 0) _startedAt = now;
        else if (Stopwatch.GetElapsedTime(_startedAt, now) > Limits.MaxDuration) throw RegoEvaluationException.Limit($"longer than {Limits.MaxDuration}");
    }

    /// <summary>Refuses a builtin's result before it is made, when it would be too large.</summary>
    public void CheckSize(long elements)
    {
        if (elements > Limits.MaxBuiltinElements) throw RegoEvaluationException.Limit($"a builtin would produce more than {Limits.MaxBuiltinElements} elements");
        CountSteps((int)Math.Min(elements, int.MaxValue / 2));
    }

    /// <summary>Refuses work that would go through all of a value, when it has too many parts.</summary>
    public void CheckWhole(RegoValue value)
    {
        if (value.Kind >= RegoKind.Array) CheckSize(value.Weight);
    }

    /// <summary>Charges a number's size: arithmetic with large ones takes long.</summary>
    public RegoNumber Charge(RegoNumber number)
    {
        if (!number.IsInt64) CountSteps(number.Words);
        return number;
    }

    /// <summary>Charges a comparison that goes through all of two values.</summary>
    public void ChargeComparison(RegoValue a, RegoValue b) => CountSteps((int)Math.Min(Math.Min(a.Weight, b.Weight) >> 4, int.MaxValue / 2));

    /// <summary>Charges what a builtin is given to read through.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ChargeText(RegoValue value)
    {
        if (value.Kind == RegoKind.String && ((RegoString)value).Text.Length > 1024) CountSteps(((RegoString)value).Text.Length >> 8);
    }

    /// <summary>The time of this evaluation in nanoseconds since 1970: the same wherever it is asked.</summary>
    public RegoValue Now => _now ??= RegoNumber.FromInt64((_options.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);

    /// <summary>A value that is made once for a builtin and argument in an evaluation.</summary>
    public RegoValue? Once(string builtin, RegoValue argument, Func<RegoValue?> make)
    {
        _once ??= [];
        return _once.TryGetValue((builtin, argument), out var known) ? known : _once[(builtin, argument)] = make();
    }

    /// <summary>A builtin fails: its result is undefined, or the query's error when strict.</summary>
    public RegoValue? Fail(string message)
    {
        _pendingMessage ??= message;
        if (_pendingCode.Length == 0) _pendingCode = "eval_builtin_error";
        return null;
    }

    /// <summary>A builtin fails with a conflict, which is never merely undefined.</summary>
    public static RegoValue? FailConflict(string message) => throw RegoEvaluationException.Conflict(message);

    public RegoValue? FailOperand(int position, string wanted, string got) => FailType($"operand {position} must be {wanted} but got {got}");

    public RegoValue? FailType(string message)
    {
        _pendingCode = "eval_type_error";
        return Fail(message);
    }

    /// <summary>After a builtin gave no result: keeps why, when the evaluation is strict.</summary>
    public void BuiltinFailed(string name, Syntax.Location? at = null)
    {
        if (_pendingMessage is null) return;
        if (_options.StrictBuiltinErrors)
            FirstFailure ??= new RegoEvaluationException(RegoEvaluationProblem.Builtin, _pendingCode, $"{name}: {_pendingMessage}", at);
        _pendingMessage = null;
        _pendingCode = "";
    }
}
