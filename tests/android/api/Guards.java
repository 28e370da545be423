import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/**
 * Follows the comparisons of Build.VERSION.SDK_INT with constants through a method: the least level
 * over all ways to an instruction is sure there.
 */
final class Guards {

    static final int UNREACHABLE = Integer.MAX_VALUE;
    private static final int NO_CONSTANT = Integer.MIN_VALUE;

    private final InsnList steps;
    private final MethodNode method;
    private final int[] sure;
    private final Deque<Integer> open = new ArrayDeque<>();

    private Guards(MethodNode method) {
        this.method = method;
        steps = method.instructions;
        sure = new int[steps.size()];
        Arrays.fill(sure, UNREACHABLE);
    }

    /** The sure level before each instruction. */
    static int[] levels(MethodNode method, int start) {
        Guards guards = new Guards(method);
        if (guards.sure.length > 0) {
            guards.reach(0, start);
        }
        while (!guards.open.isEmpty()) {
            guards.follow(guards.open.pop());
        }
        return guards.sure;
    }

    private void reach(int index, int level) {
        if (index < sure.length && level < sure[index]) {
            sure[index] = level;
            open.push(index);
        }
    }

    private void follow(int index) {
        AbstractInsnNode step = steps.get(index);
        int level = sure[index];
        for (TryCatchBlockNode block : method.tryCatchBlocks) {
            if (index >= steps.indexOf(block.start) && index < steps.indexOf(block.end)) {
                reach(steps.indexOf(block.handler), level);
            }
        }
        if (step instanceof JumpInsnNode) {
            jump((JumpInsnNode) step, index, level);
        } else if (step instanceof TableSwitchInsnNode) {
            TableSwitchInsnNode table = (TableSwitchInsnNode) step;
            table.labels.forEach(label -> reach(steps.indexOf(label), level));
            reach(steps.indexOf(table.dflt), level);
        } else if (step instanceof LookupSwitchInsnNode) {
            LookupSwitchInsnNode table = (LookupSwitchInsnNode) step;
            table.labels.forEach(label -> reach(steps.indexOf(label), level));
            reach(steps.indexOf(table.dflt), level);
        } else if (!ends(step.getOpcode())) {
            reach(index + 1, level);
        }
    }

    private static boolean ends(int opcode) {
        return opcode == Opcodes.ATHROW
                || opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN;
    }

    private void jump(JumpInsnNode step, int index, int level) {
        int target = steps.indexOf(step.label);
        int constant = comparedConstant(step);
        int opcode = step.getOpcode();
        if (opcode == Opcodes.GOTO) {
            reach(target, level);
            return;
        }
        boolean known = constant != NO_CONSTANT;
        reach(target, known ? Math.max(level, whenTaken(opcode, constant)) : level);
        reach(index + 1, known ? Math.max(level, whenNotTaken(opcode, constant)) : level);
    }

    /** The N of SDK_INT >= N that a jump on SDK_INT, constant implies; 0 for none. */
    private static int whenTaken(int opcode, int constant) {
        switch (opcode) {
            case Opcodes.IF_ICMPGE:
            case Opcodes.IF_ICMPEQ:
                return constant;
            case Opcodes.IF_ICMPGT:
                return constant + 1;
            default:
                return 0;
        }
    }

    private static int whenNotTaken(int opcode, int constant) {
        switch (opcode) {
            case Opcodes.IF_ICMPLT:
            case Opcodes.IF_ICMPNE:
                return constant;
            case Opcodes.IF_ICMPLE:
                return constant + 1;
            default:
                return 0;
        }
    }

    /** The constant that SDK_INT is compared with right before a jump. */
    private static int comparedConstant(JumpInsnNode jump) {
        AbstractInsnNode right = before(jump);
        AbstractInsnNode left = right == null ? null : before(right);
        if (left instanceof FieldInsnNode
                && ((FieldInsnNode) left).owner.equals("android/os/Build$VERSION")
                && ((FieldInsnNode) left).name.equals("SDK_INT")) {
            return constantOf(right);
        }
        return NO_CONSTANT;
    }

    private static AbstractInsnNode before(AbstractInsnNode step) {
        AbstractInsnNode found = step.getPrevious();
        while (found instanceof LineNumberNode || found instanceof FrameNode) {
            found = found.getPrevious();
        }
        // Behind a label another way may come in.
        return found instanceof LabelNode ? null : found;
    }

    private static int constantOf(AbstractInsnNode step) {
        if (step instanceof IntInsnNode) {
            return ((IntInsnNode) step).operand;
        }
        if (step instanceof LdcInsnNode && ((LdcInsnNode) step).cst instanceof Integer) {
            return (Integer) ((LdcInsnNode) step).cst;
        }
        if (step instanceof InsnNode && step.getOpcode() >= Opcodes.ICONST_M1
                && step.getOpcode() <= Opcodes.ICONST_5) {
            return step.getOpcode() - Opcodes.ICONST_0;
        }
        return NO_CONSTANT;
    }
}
