import { REPOSITORY } from '../check/steps.ts';
import { writeGeneratedPages } from './pages.ts';

writeGeneratedPages(REPOSITORY);
